import {
  type Encoded,
  groupsUrl,
  type LatentItem,
  type LatentsSource,
  type MapMethod,
  mapUrl,
} from '../../../shared/contract/latents.ts'
import { client } from '../../state/client.ts'
import { type Failure, failureOf } from '../../state/failure.ts'

export type Colouring = 'none' | 'label' | 'cluster'

export interface Clusters {
  readonly count: number
  readonly silhouette: number
  readonly sizes: readonly number[]
  readonly mutualInformation: number | null
}

type ModelChoice = Awaited<ReturnType<typeof client.latents.models>>[number]
type Scores = Awaited<ReturnType<typeof client.latents.classify>>

/** The collection that is looked at, its map, and what is chosen on it. */
class Latents {
  #models = $state.raw<readonly ModelChoice[]>([])
  #isReady = $state(false)
  #encoded = $state.raw<Encoded | null>(null)
  #xy = $state.raw<Float32Array<ArrayBuffer>>(new Float32Array())
  #groups = $state.raw<Int32Array | null>(null)
  #map = $state<string | null>(null)
  #mapWith = $state<'pca' | 'umap'>('pca')
  #work = $state.raw<{ readonly what: string; readonly fraction: number } | null>(null)
  #failure = $state.raw<Failure | null>(null)
  #chosen = $state.raw<ReadonlySet<number>>(new Set())
  #items = $state.raw<readonly LatentItem[]>([])
  #current = $state<number | null>(null)
  #neighbours = $state.raw<readonly (LatentItem & { distance: number })[]>([])
  #clusters = $state.raw<Clusters | null>(null)
  #clusterNames = $state.raw<readonly string[]>([])
  #colouring = $state<Colouring>('none')
  #base = $state.raw<readonly number[]>([])
  #axes = $state.raw<readonly number[]>([])
  #decoded = $state.raw<Uint8Array | null>(null)
  #walk = $state.raw<{ readonly pixels: Uint8Array; readonly title: string } | null>(null)
  #scores = $state.raw<Scores | null>(null)
  #stop = () => {}
  #decoding = false
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
  get groups(): Int32Array | null {
    return this.#groups
  }
  get mapWith(): 'pca' | 'umap' {
    return this.#mapWith
  }
  get work(): { readonly what: string; readonly fraction: number } | null {
    return this.#work
  }
  get failure(): Failure | null {
    return this.#failure
  }
  get chosen(): ReadonlySet<number> {
    return this.#chosen
  }
  /** the chosen ones, at most 300 of them */
  get items(): readonly LatentItem[] {
    return this.#items
  }
  get current(): number | null {
    return this.#current
  }
  get neighbours(): readonly (LatentItem & { distance: number })[] {
    return this.#neighbours
  }
  get clusters(): Clusters | null {
    return this.#clusters
  }
  get clusterNames(): readonly string[] {
    return this.#clusterNames
  }
  get colouring(): Colouring {
    return this.#colouring
  }
  /** deviations along each axis */
  get axes(): readonly number[] {
    return this.#axes
  }
  get decoded(): Uint8Array | null {
    return this.#decoded
  }
  get walk(): { readonly pixels: Uint8Array; readonly title: string } | null {
    return this.#walk
  }
  get scores(): Scores | null {
    return this.#scores
  }

  async open(): Promise<void> {
    try {
      this.#models = await client.latents.models(undefined)
      if (!this.#models.some(({ id }) => id === this.model)) this.model = this.#models[0]?.id ?? ''
    } catch (error) {
      this.#failure = failureOf(error)
    }
    this.#isReady = true
  }

  encode(): void {
    this.#begin('Encoding')
    this.#stop = client.latents.encode(
      { model: this.model, source: this.source },
      {
        onData: (event) => {
          if (event.kind === 'progress') this.#work = { what: 'Encoding', fraction: event.fraction }
          else void this.#opened(event.encoded)
        },
        onError: (error) => this.#failed(error),
      },
    )
  }

  async #opened(encoded: Encoded): Promise<void> {
    this.#work = null
    this.#encoded = encoded
    this.#clusters = null
    this.#scores = null
    this.#walk = null
    this.#neighbours = []
    this.choose([])
    this.#colouring = encoded.labels.length > 1 ? 'label' : 'none'
    this.draw('pca')
    void this.#loadGroups()
    await this.moveTo(null)
  }

  draw(method: 'pca' | 'umap'): void {
    const { encoded } = this
    if (!encoded) return
    this.#begin(method === 'umap' ? 'Drawing the map' : 'Projecting')
    const asked: MapMethod = method === 'pca' ? { method } : { method, ...this.umap }
    this.#stop = client.latents.map(
      { key: encoded.key, method: asked },
      {
        onData: (event) => {
          if (event.kind === 'progress') this.#work = { what: 'Drawing the map', fraction: event.fraction }
          else void this.#drawn(encoded.key, event.map, method)
        },
        onError: (error) => this.#failed(error),
      },
    )
  }

  async #drawn(key: string, map: string, method: 'pca' | 'umap'): Promise<void> {
    try {
      this.#xy = new Float32Array(await bytesAt(mapUrl(key, map)))
      this.#map = map
      this.#mapWith = method
    } catch (error) {
      this.#failure = failureOf(error)
    }
    this.#work = null
  }

  cancel(): void {
    this.#stop()
    this.#work = null
  }

  async colour(by: Colouring): Promise<void> {
    this.#colouring = by
    if (by === 'cluster' && !this.#clusters) await this.cluster(0)
    else await this.#loadGroups()
  }

  async cluster(count: number): Promise<void> {
    const { encoded } = this
    if (!encoded) return
    await this.#try(async () => {
      this.#clusters = await client.latents.clusters({ key: encoded.key, count, seed: 0 })
      this.#clusterNames = this.#clusters.sizes.map((_, i) => `Cluster ${i + 1}`)
      this.#colouring = 'cluster'
      await this.#loadGroups()
    })
  }

  nameCluster(index: number, name: string): void {
    this.#clusterNames = this.#clusterNames.with(index, name)
  }

  chooseCluster(index: number): void {
    if (this.#groups) this.choose(Array.from(this.#groups.keys()).filter((i) => this.#groups![i] === index))
  }

  async #loadGroups(): Promise<void> {
    const { encoded, colouring } = this
    if (!encoded || colouring === 'none') {
      this.#groups = null
      return
    }
    await this.#try(async () => {
      this.#groups = new Int32Array(await bytesAt(groupsUrl(encoded.key, colouring, Date.now())))
    })
  }

  choose(indices: readonly number[]): void {
    this.#chosen = new Set(indices)
    this.#items = []
    const { encoded } = this
    if (!encoded || indices.length === 0) return
    void this.#try(async () => {
      this.#items = await client.latents.items({ key: encoded.key, indices: indices.slice(0, 300) })
    })
  }

  async look(index: number): Promise<void> {
    const { encoded } = this
    if (!encoded) return
    this.#current = index
    await this.#try(async () => {
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
    await this.#try(async () => {
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
    if (this.#decoding) {
      this.#isStale = true
      return
    }
    this.#decoding = true
    try {
      do {
        this.#isStale = false
        const { pixels } = await client.latents.decode({
          key: encoded.key,
          code: [...this.#base],
          axes: [...this.#axes],
        })
        this.#decoded = fromBase64(pixels)
      } while (this.#isStale)
    } catch (error) {
      this.#failure = failureOf(error)
    }
    this.#decoding = false
  }

  async interpolate(a: number, b: number): Promise<void> {
    const { encoded } = this
    if (!encoded) return
    await this.#try(async () => {
      const { pixels, path } = await client.latents.interpolate({ key: encoded.key, a, b, steps: 12 })
      const way = path === 'spherical' ? 'along the sphere of the prior' : 'straight'
      this.#walk = { pixels: fromBase64(pixels), title: `From one to the other, ${way}` }
    })
  }

  async generate(prior: 'normal' | 'gaussian' | 'mixture', seed: number, temperature: number): Promise<void> {
    const { encoded } = this
    if (!encoded) return
    await this.#try(async () => {
      const { pixels } = await client.latents.generate({
        key: encoded.key,
        prior,
        count: 36,
        seed,
        temperature,
      })
      this.#walk = { pixels: fromBase64(pixels), title: 'Drawn from where the codes lie' }
    })
  }

  async classify(): Promise<void> {
    const { encoded } = this
    if (!encoded) return
    this.#work = { what: 'Classifying', fraction: 0 }
    await this.#try(async () => {
      this.#scores = await client.latents.classify({ key: encoded.key })
    })
    this.#work = null
  }

  async place(paths: readonly string[]): Promise<readonly { name: string; x: number; y: number }[]> {
    const { encoded } = this
    if (!encoded || !this.#map) return []
    return client.latents.place({ key: encoded.key, map: this.#map, paths: [...paths] })
  }

  #begin(what: string): void {
    this.#stop()
    this.#failure = null
    this.#work = { what, fraction: 0 }
  }

  #failed(error: unknown): void {
    this.#work = null
    this.#failure = failureOf(error)
  }

  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.#failure = failureOf(error)
    }
  }
}

export const latents = new Latents()

async function bytesAt(url: string): Promise<ArrayBuffer> {
  const answer = await fetch(url)
  if (answer.ok) return answer.arrayBuffer()
  const { error } = (await answer.json()) as { error: { code: string; message: string } }
  throw Object.assign(new Error(error.message), { code: error.code })
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}
