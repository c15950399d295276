import type { LostPixels, RestoreFacts } from '../../../shared/contract/restore.ts'
import { Viewport } from '../../draw/viewport.svelte.ts'
import { client } from '../../state/client.ts'
import { type Failure, failureOf } from '../../state/failure.ts'
import { models } from '../../state/models.svelte.ts'
import { Preview } from '../../state/preview.svelte.ts'
import { Mask } from './mask.svelte.ts'

export type Showing = 'mask' | 'split' | 'side'
export const fills = [
  { id: 'biharmonic', title: 'Biharmonic' },
  { id: 'smooth', title: 'Smooth' },
] as const
const compared = 'biharmonic'

/** The open photo's lost pixels, and what takes their place. */
class Restoring {
  readonly viewport = new Viewport()
  readonly mask = new Mask()
  readonly result = new Preview<RestoreFacts>()
  /** the fill that needs no model, beside it */
  readonly rival = new Preview<RestoreFacts>()
  #image = $state<number | null>(null)
  #isBusy = $state(false)
  #failure = $state.raw<Failure | null>(null)
  /** mask that the results were made with */
  #madeFor = $state(-1)
  #isTrial = $state(false)
  showing = $state<Showing>('mask')
  method = $state('')
  /** diameter, in image pixels */
  brush = $state(24)
  erases = $state(false)
  damage = $state('scratches')
  seed = $state(1)
  colour = $state('#000000')
  tolerance = $state(0)

  get image(): number | null {
    return this.#image
  }
  get isBusy(): boolean {
    return this.#isBusy
  }
  get failure(): Failure | null {
    return this.#failure
  }
  /** the photo is sound where the mask says lost */
  get isTrial(): boolean {
    return this.#isTrial
  }
  /** The mask has changed since. */
  get isStale(): boolean {
    return this.#madeFor !== this.mask.version
  }
  get methods(): { readonly id: string; readonly title: string }[] {
    return [...models.of('restore').map(({ id, title }) => ({ id, title })), ...fills]
  }

  open({ id, width, height }: { id: number; width: number; height: number }): void {
    if (this.#image === id) return
    this.#image = id
    this.#isTrial = false
    this.#failure = null
    this.viewport.setImage(width, height)
    this.mask.open(width, height)
    this.brush = Math.max(4, Math.round(Math.max(width, height) / 50))
    this.result.clear()
    this.rival.clear()
    this.showing = 'mask'
    this.method ||= this.methods[0].id
  }

  close(): void {
    this.result.stop()
    this.rival.stop()
  }

  /** Marks what a file, a colour or a damage says is lost. */
  async find(lost: LostPixels): Promise<void> {
    const image = this.#image
    if (image === null) return
    await this.#try(async () => {
      const { runs } = await client.restore.findLost({ image, lost })
      if (image !== this.#image) return
      this.mask.replace(runs)
      this.#isTrial = lost.kind === 'damage'
      this.showing = 'mask'
    })
  }

  /** Fills what is marked, by the method chosen and beside it without a model. */
  async run(): Promise<void> {
    const image = this.#image
    if (image === null || this.mask.isEmpty) return
    await this.#try(async () => {
      const version = this.mask.version
      const { mask } = await client.restore.keepMask({ image, runs: this.mask.runs() })
      if (image !== this.#image) return
      this.#madeFor = version
      const request = { image, mask, isTrial: this.#isTrial }
      const { method } = this
      this.result.start((listener) => client.restore.preview({ ...request, method }, listener))
      if (method === compared) this.rival.clear()
      else this.rival.start((listener) => client.restore.preview({ ...request, method: compared }, listener))
      if (this.showing === 'mask') this.showing = 'split'
    })
  }

  /** Of the mask as it is now, for a job. */
  async keptMask(): Promise<string> {
    if (this.#image === null) throw new Error('no photo is open')
    return (await client.restore.keepMask({ image: this.#image, runs: this.mask.runs() })).mask
  }

  async #try(work: () => Promise<void>): Promise<void> {
    this.#isBusy = true
    this.#failure = null
    try {
      await work()
    } catch (error) {
      this.#failure = failureOf(error)
    }
    this.#isBusy = false
  }
}

export const restoring = new Restoring()
