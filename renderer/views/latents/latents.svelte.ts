import {
  type Encoded,
  type FeatureScore,
  type LatentItem,
  type LatentsSource,
  type MapMethod,
  mapUrl,
} from '../../../shared/contract/latents.ts'
import { client } from '../../state/client.ts'
import { type Failure, failureOf } from '../../state/failure.ts'
import { arrayAt, fromBase64 } from './array-at.ts'
import { Colours } from './colours.svelte.ts'
import { Works } from './works.svelte.ts'

type ModelChoice = Awaited<ReturnType<typeof client.latents.models>>[number]
type Near = LatentItem & { readonly distance: number }

/** A photo that was put on a map drawn without it. */
export interface Placed {
  readonly name: string
  readonly x: number
  readonly y: number
}

/** Decoded images in a row. */
export interface Walk {
  readonly pixels: Uint8Array
  readonly title: string
  /** images it leads from and to; none where it leads nowhere */
  readonly ends: readonly number[]
}

/** Of the chosen images, so many are shown. */
const mostShown = 300

/** The collection that is looked at, its map, and what is chosen on it. */
class Latents {
  readonly works = new Works()
  readonly colours = new Colours(this.works)
  #models = $state.raw<readonly ModelChoice[]>([])
  #isReady = $state(false)
  #encoded = $state.raw<Encoded | null>(null)
  #xy = $state.raw<Float32Array<ArrayBuffer>>(new Float32Array())
  #map: string | null = null
  #mapWith = $state<'pca' | 'umap'>('pca')
  #placedPaths: readonly string[] = []
  #placed = $state.raw<readonly Placed[]>([])
  #failure = $state.raw<Failure | null>(null)
  #chosen = $state.raw<ReadonlySet<number>>(new Set())
  #items = $state.raw<readonly LatentItem[]>([])
  #current = $state<number | null>(null)
  #neighbours = $state.raw<readonly Near[]>([])
  #base = $state.raw<readonly number[]>([])
  #axes = $state.raw<readonly number[]>([])
  #decoded = $state.raw<Uint8Array | null>(null)
  #walk = $state.raw<Walk | null>(null)
  #scores = $state.raw<{ readonly rows: readonly FeatureScore[]; readonly images: number } | null>(null)
  #isDecoding = false
  #isStale = false

  model = $state('')
  source = $state.raw<LatentsSource>({ kind: 'library' })
  umap = $state.raw({ neighbours: 15, minDistance: 0.1, seed: 0 })

  get models(): readonly ModelChoice[] {
    return this.#models
  }
  get isReady(): boolean {
    return this.#isReady
  }
  get encoded(): Encoded | null {
    return this.#encoded
  }
  get xy(): Float32Array<ArrayBuffer> {
    return this.#xy
  }
  get mapWith(): 'pca' | 'umap' {
    return this.#mapWith
  }
  get placed(): readonly Placed[] {
    return this.#placed
  }
  get failure(): Failure | null {
    return this.#failure
  }
  get chosen(): ReadonlySet<number> {
    return this.#chosen
  }
  /** the chosen ones, the first of them */
  get items(): readonly LatentItem[] {
    return this.#items
  }
  get current(): number | null {
    return this.#current
  }
  get neighbours(): readonly Near[] {
    return this.#neighbours
  }
  /** deviations along each axis */
  get axes(): readonly number[] {
    return this.#axes
  }
  get decoded(): Uint8Array | null {
    return this.#decoded
  }
  get walk(): Walk | null {
    return this.#walk
  }
  get scores(): { readonly rows: readonly FeatureScore[]; readonly images: number } | null {
    return this.#scores
  }

  async open(): Promise<void> {
    await this.try(async () => {
      this.#models = await client.latents.models(undefined)
      if (!this.#models.some(({ id }) => id === this.model)) this.model = this.#models[0]?.id ?? ''
    })
    this.#isReady = true
  }

  async encode(): Promise<void> {
    const request = { model: this.model, source: this.source }
    await this.try(async () => {
      const done = await this.works.run('Encoding', client.latents.encode, request)
      if (done) await this.#opened(done.encoded)
    })
  }

  async #opened(encoded: Encoded): Promise<void> {
    this.works.stopAll()
    this.#encoded = encoded
    this.#scores = null
    this.#walk = null
    this.#current = null
    this.#neighbours = []
    this.#placedPaths = []
    this.#placed = []
    this.choose([])
    await Promise.all([this.draw('pca'), this.colours.open(encoded), this.moveTo(null)])
  }

  async draw(method: 'pca' | 'umap'): Promise<void> {
    const { encoded } = this
    if (!encoded) return
    const asked: MapMethod = method === 'pca' ? { method } : { method, ...this.umap }
    await this.try(async () => {
      const done = await this.works.run('Drawing the map', client.latents.map, {
        key: encoded.key,
        method: asked,
      })
      if (!done || encoded !== this.#encoded) return
      this.#xy = await arrayAt(Float32Array<ArrayBuffer>, mapUrl(encoded.key, done.map))
      this.#map = done.map
      this.#mapWith = method
      this.#placed = []
      await this.place(this.#placedPaths)
    })
  }

  choose(indices: readonly number[]): void {
    this.#chosen = new Set(indices)
    this.#items = []
    const { encoded } = this
    if (!encoded || indices.length === 0) return
    void this.try(async () => {
      const chosen = this.#chosen
      const items = await client.latents.items({ key: encoded.key, indices: indices.slice(0, mostShown) })
      if (chosen === this.#chosen) this.#items = items
    })
  }

  /** Those of the chosen ones that the library has. */
  async chosenInLibrary(): Promise<number[]> {
    const { encoded } = this
    if (!encoded) return []
    const { ids } = await client.latents.inLibrary({ key: encoded.key, indices: [...this.#chosen] })
    return ids
  }

  async look(index: number): Promise<void> {
    const { encoded } = this
    if (!encoded) return
    this.#current = index
    await this.try(async () => {
      const { neighbours } = await client.latents.neighbours({ key: encoded.key, index, count: 12 })
      this.#neighbours = neighbours
      this.choose([index, ...neighbours.map((each) => each.index)])
    })
    await this.moveTo(index)
  }

  /** The sliders to the code of an item, or to the mean code. */
  async moveTo(index: number | null): Promise<void> {
    const { encoded } = this
    if (!encoded) return
    await this.try(async () => {
      const { code } = await client.latents.position({ key: encoded.key, index })
      this.#base = code
      this.#axes = encoded.axes.map(() => 0)
    })
    await this.#decode()
  }

  slide(axis: number, deviations: number): void {
    this.#axes = this.#axes.with(axis, deviations)
    void this.#decode()
  }

  /** One at a time: while one is decoded the sliders go on, and the last place counts. */
  async #decode(): Promise<void> {
    const { encoded } = this
    if (!encoded) return
    if (this.#isDecoding) {
      this.#isStale = true
      return
    }
    this.#isDecoding = true
    await this.try(async () => {
      do {
        this.#isStale = false
        const { pixels } = await client.latents.decode({
          key: encoded.key,
          code: [...this.#base],
          axes: [...this.#axes],
        })
        this.#decoded = fromBase64(pixels)
      } while (this.#isStale)
    })
    this.#isDecoding = false
  }

  async interpolate(a: number, b: number): Promise<void> {
    const { encoded } = this
    if (!encoded) return
    await this.try(async () => {
      const { pixels, path } = await client.latents.interpolate({ key: encoded.key, a, b, steps: 12 })
      const way = path === 'spherical' ? 'along the sphere of the prior' : 'straight'
      this.#walk = { pixels: fromBase64(pixels), title: `From one to the other, ${way}`, ends: [a, b] }
    })
  }

  async generate(prior: 'normal' | 'gaussian' | 'mixture', seed: number, temperature: number): Promise<void> {
    const { encoded } = this
    if (!encoded) return
    await this.try(async () => {
      const draw = { prior, count: 36, seed, temperature }
      const { pixels } = await client.latents.generate({ key: encoded.key, ...draw })
      this.#walk = { pixels: fromBase64(pixels), title: 'Drawn from where the codes lie', ends: [] }
    })
  }

  closeWalk(): void {
    this.#walk = null
  }

  async classify(): Promise<void> {
    const { encoded } = this
    if (!encoded) return
    await this.try(async () => {
      const done = await this.works.run('Classifying', client.latents.classify, { key: encoded.key })
      if (done && encoded === this.#encoded) this.#scores = { rows: done.scores, images: done.images }
    })
  }

  /** Where further photos belong on the map; they move along when another one is drawn. */
  async place(paths: readonly string[]): Promise<void> {
    const { encoded } = this
    const map = this.#map
    if (!encoded || !map || paths.length === 0) return
    await this.try(async () => {
      const placed = await client.latents.place({ key: encoded.key, map, paths: [...paths] })
      if (map !== this.#map) return
      this.#placedPaths = paths
      this.#placed = placed
    })
  }

  /** What goes wrong stands in the view. */
  async try(work: () => Promise<void>): Promise<void> {
    this.#failure = null
    try {
      await work()
    } catch (error) {
      this.#failure = failureOf(error)
    }
  }
}

export const latents = new Latents()
