import type { DenoiseFacts, Histogram, Similarity } from '../../../shared/contract/denoise.ts'
import { imageKey } from '../../../shared/contract/pixels.ts'
import { detailPicture } from '../../draw/detail-picture.ts'
import type { Amounts, Layer } from '../../draw/layer.ts'
import type { Picture } from '../../draw/picture.ts'
import type { Region } from '../../draw/viewport.svelte.ts'
import { client } from '../../state/client.ts'
import { type Failure, failureOf } from '../../state/failure.ts'
import { Preview } from '../../state/preview.svelte.ts'

export const wholeAmounts: Amounts = { strength: 1, luminance: 1, chroma: 1, detail: 0 }
/** Of the residual view: noise is seen, and grey is nothing. */
export const residualGain = 4

/** One way of denoising the open photo: a model, the level it is told, and how its result is blended. */
export class Variant {
  readonly id: number
  /** or `automaticModel`: the photo's noise decides */
  model = $state('')
  /** null: the estimate */
  sigma255 = $state<number | null>(null)
  /** turned and mirrored in so many ways, and averaged */
  passes = $state<1 | 4>(1)
  amounts = $state.raw<Amounts>(wholeAmounts)
  readonly preview = new Preview<DenoiseFacts>()
  #similarity = $state.raw<Similarity | null>(null)
  #measureFailure = $state.raw<Failure | null>(null)
  #residual = $state.raw<Histogram | null>(null)
  #measured = 0

  constructor(id: number, model: string, like?: Variant) {
    this.id = id
    this.model = model
    if (like) {
      this.sigma255 = like.sigma255
      this.amounts = like.amounts
      this.passes = like.passes
    }
  }

  /** against the reference; null: none, or not measured yet */
  get similarity(): Similarity | null {
    return this.#similarity
  }

  get measureFailure(): Failure | null {
    return this.#measureFailure
  }

  /** how far the whole result is from the photo, in levels of 255; null: not asked for yet */
  get residual(): Histogram | null {
    return this.#residual
  }

  /** the model that made the result; before there is one, what was asked for */
  get usedModel(): string {
    return this.preview.facts?.model ?? this.model
  }

  set<Name extends keyof Amounts>(name: Name, value: number): void {
    this.amounts = { ...this.amounts, [name]: value }
  }

  run(image: number, visible: Region): void {
    const { model, sigma255, passes } = this
    const request = { image, model, sigma255, passes, visible }
    this.#similarity = null
    this.#residual = null
    this.preview.start((listener) => client.denoise.preview(request, listener))
  }

  /** Once the amounts rest. */
  async measure(image: number, reference: number): Promise<void> {
    const { layer, facts } = this.preview
    if (!layer || !facts) return
    const run = ++this.#measured
    try {
      const request = { layer: layer.key, image, reference, blend: this.amounts }
      const similarity = await client.denoise.measure(request)
      if (run !== this.#measured) return
      this.#similarity = similarity
      this.#measureFailure = null
    } catch (error) {
      if (run === this.#measured) this.#measureFailure = failureOf(error)
    }
  }

  /** Once there is a result. */
  async measureResidual(image: number): Promise<void> {
    const { layer } = this.preview
    if (!layer || this.#residual) return
    const residual = await client.denoise.residual({ layer: imageKey(image), from: layer.key })
    if (layer.key === this.preview.layer?.key) this.#residual = residual
  }

  /** How the picture, or what is taken away, is drawn; null before there is a result. */
  drawn(kind: 'blend' | 'residual', original: Picture): Layer | null {
    const { picture: clean, growth, facts } = this.preview
    if (!clean) return null
    const { key, width, height, version } = clean
    const sigma255 = this.sigma255 ?? facts?.told255
    const keys = { originalKey: original.key, cleanKey: key }
    const detail = detailPicture({ ...keys, width, height, version, sigma255: sigma255 ?? 0, growth })
    // Which detail was taken away is not known before the level is.
    const amounts = sigma255 === undefined ? { ...this.amounts, detail: 0 } : this.amounts
    return { kind, original, clean, detail, amounts, gain: residualGain }
  }
}
