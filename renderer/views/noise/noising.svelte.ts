import type { NoiseFacts } from '../../../shared/contract/noise.ts'
import { imageKey, tileUrl } from '../../../shared/contract/pixels.ts'
import type { Parameter } from '../../../shared/noise/model.ts'
import { noiseModels } from '../../../shared/noise/models.ts'
import { memoryPicture, type Picture } from '../../draw/picture.ts'
import { type Region, Viewport } from '../../draw/viewport.svelte.ts'
import { client } from '../../state/client.ts'
import { Preview } from '../../state/preview.svelte.ts'
import { computer } from '../../work/compute.ts'

/** Pixels of a side that one request for exact pixels may have. */
const mostSide = 2048
const restMs = 350

/** The open photo's noise: live on what is seen while something moves, the whole picture as saved once it rests. */
class Noising {
  readonly viewport = new Viewport()
  readonly preview = new Preview<NoiseFacts>()
  #image = $state.raw<{ id: number; width: number; height: number } | null>(null)
  model = $state('gaussian')
  #values = $state.raw<Readonly<Record<string, Readonly<Record<string, number | string>>>>>({})
  seed = $state(1)
  bits = $state<number | null>(null)
  #live = $state.raw<Picture | null>(null)
  #isComputing = false
  #isStale = false
  #rest: ReturnType<typeof setTimeout> | undefined
  #runs = 0

  get image(): number | null {
    return this.#image?.id ?? null
  }

  get definition() {
    return noiseModels.get(this.model) ?? [...noiseModels.values()][0]
  }

  get parameters(): Readonly<Record<string, number | string>> {
    const given = this.#values[this.model] ?? {}
    return Object.fromEntries(
      this.definition.parameters.map(({ name, default: initial }) => [name, given[name] ?? initial]),
    )
  }

  set(parameter: Parameter, value: number | string): void {
    this.#values = { ...this.#values, [this.model]: { ...this.#values[this.model], [parameter.name]: value } }
    this.change()
  }

  /** what a job and a preview are asked for */
  get settings() {
    const { model, parameters, seed, bits } = this
    return { model, parameters, seed, bits }
  }

  open(image: { id: number; width: number; height: number }): void {
    if (this.#image?.id === image.id) return
    this.#image = { id: image.id, width: image.width, height: image.height }
    this.preview.clear()
    this.#live = null
    this.change()
  }

  close(): void {
    clearTimeout(this.#rest)
    this.preview.stop()
    this.#image = null
  }

  /** Something about the noise has changed. */
  change(): void {
    void this.#computeLive()
    clearTimeout(this.#rest)
    this.#rest = setTimeout(() => this.run(), restMs)
  }

  run(): void {
    const image = this.#image
    if (!image) return
    const request = { image: image.id, ...this.settings }
    this.preview.start((listener) => client.noise.preview(request, listener))
  }

  /** One computation at a time; what changed meanwhile is computed after it. */
  async #computeLive(): Promise<void> {
    if (this.#isComputing) {
      this.#isStale = true
      return
    }
    this.#isComputing = true
    do {
      this.#isStale = false
      const image = this.#image
      if (!image) break
      const region = this.#liveRegion(image)
      const url = tileUrl(imageKey(image.id), region)
      // Where it fails, the exact preview says why.
      const pixels = await computer.run('noise', { url, ...this.settings }).catch(() => null)
      if (pixels && image === this.#image)
        this.#live = memoryPicture(`noise:${++this.#runs}`, image, region, pixels)
    } while (this.#isStale)
    this.#isComputing = false
  }

  /** What is seen, as much of it as one request gives. */
  #liveRegion(image: { width: number; height: number }): Region {
    const isSmall = image.width <= mostSide && image.height <= mostSide
    if (isSmall && image.width * image.height < 2e6)
      return { x: 0, y: 0, ...image, width: image.width, height: image.height }
    const { x, y, width, height } = this.viewport.visible
    const cut = (at: number, size: number) =>
      size <= mostSide ? [at, size] : [at + ((size - mostSide) >> 1), mostSide]
    const [left, across] = cut(x, width)
    const [top, down] = cut(y, height)
    return { x: left, y: top, width: across, height: down }
  }

  /** The exact whole once it is there, else what was computed live. */
  get picture(): Picture | null {
    const { picture, facts } = this.preview
    return facts ? picture : (this.#live ?? picture)
  }
}

export const noising = new Noising()
