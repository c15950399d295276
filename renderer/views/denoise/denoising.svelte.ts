import { automaticModel, type NoiseEstimate } from '../../../shared/contract/denoise.ts'
import { Viewport } from '../../draw/viewport.svelte.ts'
import { client } from '../../state/client.ts'
import { type Failure, failureOf } from '../../state/failure.ts'
import { models } from '../../state/models.svelte.ts'
import { Variant } from './variant.svelte.ts'

export const mostVariants = 4
export type Arrangement = 'split' | 'side' | 'single' | 'variants'

/** The open photo's denoising: the estimate of its noise, and up to four variants of the result. */
class Denoising {
  readonly viewport = new Viewport()
  #image = $state<number | null>(null)
  #estimate = $state.raw<NoiseEstimate | null>(null)
  #estimateFailure = $state.raw<Failure | null>(null)
  #reference = $state<number | null>(null)
  #variants = $state.raw<readonly Variant[]>([])
  #active = $state(0)
  tool = $state<'denoise' | 'restore'>('denoise')
  arrangement = $state<Arrangement>('split')
  look = $state<'blend' | 'residual'>('blend')
  /** the original is shown while the key is held */
  isBlinking = $state(false)

  get image(): number | null {
    return this.#image
  }

  get estimate(): NoiseEstimate | null {
    return this.#estimate
  }

  get estimateFailure(): Failure | null {
    return this.#estimateFailure
  }

  get reference(): number | null {
    return this.#reference
  }

  get variants(): readonly Variant[] {
    return this.#variants
  }

  get active(): Variant | undefined {
    return this.#variants.find(({ id }) => id === this.#active)
  }

  /** Opens a photo: its noise is estimated and the active variant's result made, what is seen first. */
  open(image: number): void {
    if (this.#image === image) return
    this.#image = image
    this.#estimate = null
    this.#reference = null
    for (const variant of this.#variants) {
      variant.preview.clear()
      variant.sigma255 = null
    }
    this.#begin(image)
    void this.#ask(image)
  }

  close(): void {
    for (const { preview } of this.#variants) preview.stop()
    this.#image = null
  }

  #begin(image: number): void {
    if (this.#variants.length === 0) {
      if (models.of('denoise').length === 0) return
      this.#variants = [new Variant(1, automaticModel)]
      this.#active = 1
    }
    const shown =
      this.arrangement === 'variants'
        ? this.#variants
        : this.#variants.filter(({ id }) => id === this.#active)
    for (const variant of shown) variant.run(image, this.viewport.visible)
  }

  async #ask(image: number): Promise<void> {
    try {
      const [estimate, details] = await Promise.all([
        client.denoise.estimate({ image }),
        client.library.details({ id: image }),
      ])
      if (image !== this.#image) return
      this.#estimate = estimate
      this.#reference = details.reference
      this.#estimateFailure = null
    } catch (error) {
      if (image === this.#image) this.#estimateFailure = failureOf(error)
    }
  }

  activate(id: number): void {
    this.#active = id
    const variant = this.active
    if (variant && this.#image !== null && !variant.preview.layer)
      variant.run(this.#image, this.viewport.visible)
  }

  /** What the model is told or which model it is has changed. */
  rerun(variant: Variant): void {
    if (this.#image !== null) variant.run(this.#image, this.viewport.visible)
  }

  add(): void {
    if (this.#variants.length >= mostVariants || !this.active) return
    const id = Math.max(...this.#variants.map((variant) => variant.id)) + 1
    const variant = new Variant(id, this.active.model, this.active)
    this.#variants = [...this.#variants, variant]
    this.#active = id
    this.arrangement = 'variants'
    if (this.#image !== null)
      for (const one of this.#variants) if (!one.preview.layer) one.run(this.#image, this.viewport.visible)
  }

  remove(id: number): void {
    const gone = this.#variants.find((variant) => variant.id === id)
    if (!gone || this.#variants.length === 1) return
    gone.preview.stop()
    this.#variants = this.#variants.filter((variant) => variant !== gone)
    if (this.#active === id) this.#active = this.#variants[0].id
    if (this.#variants.length === 1) this.arrangement = 'split'
  }

  async setReference(reference: number | null): Promise<void> {
    if (this.#image === null) return
    await client.library.setReference({ id: this.#image, reference })
    this.#reference = reference
  }
}

export const denoising = new Denoising()
