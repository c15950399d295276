import {
  type Encoded,
  type FoundClusters,
  type GroupedBy,
  groupings,
  groupsUrl,
  type Spread,
  valuesUrl,
} from '../../../shared/contract/latents.ts'
import { client } from '../../state/client.ts'
import { arrayAt } from './array-at.ts'
import type { Works } from './works.svelte.ts'

export type Colouring = 'none' | GroupedBy | 'psnr' | 'bits'

const isGrouped = (by: Colouring): by is GroupedBy => groupings.includes(by as GroupedBy)

/** What gives the points of the map their colours: groups, or a measured value. */
export class Colours {
  readonly #works: Works
  #encoded: Encoded | null = null
  #by = $state<Colouring>('none')
  #groups = $state.raw<Int32Array | null>(null)
  #values = $state.raw<Float32Array | null>(null)
  #clusters = $state.raw<FoundClusters | null>(null)
  #collections = $state.raw<readonly string[]>([])
  #spreads = $state.raw<{ readonly psnr: Spread; readonly bits: Spread | null } | null>(null)

  constructor(works: Works) {
    this.#works = works
  }

  get by(): Colouring {
    return this.#by
  }
  /** of each item, -1 for none; null where it is not groups that give the colours */
  get groups(): Int32Array | null {
    return this.#groups
  }
  get values(): Float32Array | null {
    return this.#values
  }
  get clusters(): FoundClusters | null {
    return this.#clusters
  }
  /** of the library, that items are in */
  get collections(): readonly string[] {
    return this.#collections
  }
  /** of the values that give the colours */
  get spread(): Spread | null {
    if (this.#by === 'psnr') return this.#spreads?.psnr ?? null
    return this.#by === 'bits' ? (this.#spreads?.bits ?? null) : null
  }

  /** Names of the groups, in their order. */
  get names(): readonly string[] {
    if (this.#by === 'label') return this.#encoded?.labels ?? []
    if (this.#by === 'collection') return this.#collections
    return this.#clusters?.names.map((name, i) => name ?? `Cluster ${i + 1}`) ?? []
  }

  async open(encoded: Encoded): Promise<void> {
    this.#encoded = encoded
    this.#clusters = null
    this.#spreads = null
    this.#groups = null
    this.#values = null
    this.#collections = []
    const { names } = await client.latents.collections({ key: encoded.key })
    this.#collections = names
    await this.choose(encoded.labels.length > 1 ? 'label' : 'none')
  }

  async choose(by: Colouring): Promise<void> {
    const encoded = this.#encoded
    if (!encoded) return
    if (by === 'cluster' && !this.#clusters) return this.cluster(0)
    if ((by === 'psnr' || by === 'bits') && !(await this.#measured(encoded))) return
    const groups = isGrouped(by) ? await arrayAt(Int32Array, groupsUrl(encoded.key, by, Date.now())) : null
    const values =
      by === 'psnr' || by === 'bits' ? await arrayAt(Float32Array, valuesUrl(encoded.key, by)) : null
    if (encoded !== this.#encoded) return
    this.#by = by
    this.#groups = groups
    this.#values = values
  }

  async #measured({ key }: Encoded): Promise<boolean> {
    if (this.#spreads) return true
    const done = await this.#works.run('Measuring', client.latents.measure, { key })
    if (done) this.#spreads = { psnr: done.psnrDb, bits: done.bits }
    return done !== null
  }

  /** @param count 0: as many as fit best */
  async cluster(count: number): Promise<void> {
    const encoded = this.#encoded
    if (!encoded) return
    const done = await this.#works.run('Clustering', client.latents.clusters, {
      key: encoded.key,
      count,
      seed: 0,
    })
    if (!done || encoded !== this.#encoded) return
    this.#clusters = done.clusters
    await this.choose('cluster')
  }

  /** Kept for good; an empty name gives the number back. */
  async name(cluster: number, name: string): Promise<void> {
    const [encoded, clusters] = [this.#encoded, this.#clusters]
    if (!encoded || !clusters) return
    const given = name.trim() === `Cluster ${cluster + 1}` ? '' : name.trim()
    await client.latents.nameCluster({ key: encoded.key, cluster, name: given })
    this.#clusters = { ...clusters, names: clusters.names.with(cluster, given || null) }
  }

  /** Items of a group. */
  members(group: number): number[] {
    return [...(this.#groups ?? [])].flatMap((one, i) => (one === group ? [i] : []))
  }
}
