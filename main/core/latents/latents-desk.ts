import { createHash } from 'node:crypto'
import type {
  Encoded,
  FeatureScore,
  FoundClusters,
  GroupedBy,
  LatentItem,
  LatentsSource,
  MapMethod,
  Spread,
} from '../../../shared/contract/latents.ts'
import { AppError } from '../../../shared/errors.ts'
import type { ClusterName } from '../../catalog/clusterNames.ts'
import type { Clusters } from '../../latents/clusters.ts'
import { meanOf, pointAt, selectPoints } from '../../latents/points.ts'
import { drawCodes } from '../../latents/prior.ts'
import { mutualInformation } from '../../latents/scores.ts'
import type { VectorFigures } from '../../latents/vectors.ts'
import { linearPath, sphericalPath } from '../../latents/walk.ts'
import type { Access } from '../access.ts'
import type { Core } from '../core.ts'
import { findModel, refOf } from '../model-library.ts'
import { type Axis, axesOf } from './axes.ts'
import { clustersInThread } from './cluster-collection.ts'
import { namesOfClusters } from './cluster-names.ts'
import { type Collection, collect } from './collection.ts'
import { scoreFeatures } from './features.ts'
import { type PriorKind, priorOf } from './generate.ts'
import { imageShapeOf } from './image-shape.ts'
import { type LatentMap, mapCollection, mapSettings, placeOnMap } from './map.ts'
import { measureCollection } from './measure.ts'
import { openIndex, searchNearest, type VectorIndex } from './search.ts'
import { sourceOf } from './source-of.ts'

/** An encoded collection that a window looks at. */
interface Open {
  readonly key: string
  readonly collection: Collection
  readonly axes: readonly Axis[]
  readonly maps: Map<string, LatentMap>
  readonly labelKind: Encoded['labelKind']
  clusters: { readonly found: Clusters; names: (ClusterName | null)[] } | null
  figures: VectorFigures | null
  index: VectorIndex | null
}

const kept = 3
/** Above, evenly chosen images are classified: the figures hardly change, the time does. */
const most = { axes: 24, classified: 10_000 }

interface Progressing {
  readonly signal: AbortSignal
  readonly onProgress: (fraction: number, step?: string) => void
}

/** The collections whose latents windows look at; the one used longest ago makes room. */
export class LatentsDesk {
  readonly #core: Core
  readonly #access: Access
  readonly #open = new Map<string, Open>()

  constructor(core: Core, access: Access) {
    this.#core = core
    this.#access = access
  }

  /** Encodes a collection and keeps it at hand. */
  async encode(modelId: string, source: LatentsSource, options: Progressing): Promise<Encoded> {
    const model = findModel(this.#core.catalog, modelId)
    const files = await sourceOf(this.#core, this.#access, source, options.signal)
    const collection = await collect(this.#core, model, files, options)
    const labelKind = files.kind === 'idx' ? 'class' : files.patches ? 'photo' : 'folder'
    const hash = createHash('sha256').update(model.sha256)
    for (const { sha256 } of collection.items) hash.update(sha256)
    const key = `l${hash.digest('hex').slice(0, 16)}`
    const axes = axesOf(collection).slice(0, most.axes)
    this.#open.get(key)?.index?.close()
    this.#open.delete(key)
    const empty = { clusters: null, figures: null, index: null }
    this.#open.set(key, { key, collection, axes, labelKind, maps: new Map(), ...empty })
    for (const [oldest, { index }] of this.#open) {
      if (this.#open.size <= kept) break
      index?.close()
      this.#open.delete(oldest)
    }
    const { items, points, labels, skipped } = collection
    return {
      ...{ key, model: modelId, count: items.length, codeLength: points.length, labels, skipped },
      labelKind,
      ...imageShapeOf(model),
      isVariational: model.architecture === 'vae',
      axes: axes.map(({ name, deviation }) => ({ name, deviation })),
    }
  }

  /** @throws AppError `not-found` where it had to make room */
  #at(key: string): Open {
    const open = this.#open.get(key)
    if (!open) throw new AppError('not-found', 'this collection is no longer at hand: encode it again')
    this.#open.delete(key)
    this.#open.set(key, open)
    return open
  }

  async map(
    key: string,
    method: MapMethod,
    options: Progressing,
  ): Promise<{ map: string; isCached: boolean }> {
    const { collection, maps } = this.#at(key)
    const settings = mapSettings.parse(method)
    const name = createHash('sha256').update(JSON.stringify(settings)).digest('hex').slice(0, 12)
    const drawn = await mapCollection(this.#core, collection, settings, options)
    maps.set(name, drawn)
    return { map: name, isCached: drawn.isCached }
  }

  coordinates(key: string, map: string): Float32Array {
    return this.#mapOf(key, map).xy
  }

  #mapOf(key: string, map: string): LatentMap {
    const found = this.#at(key).maps.get(map)
    if (!found) throw new AppError('not-found', 'this map is not drawn yet')
    return found
  }

  groups(key: string, by: GroupedBy): Int32Array {
    const { collection, clusters } = this.#at(key)
    const { items } = collection
    if (by === 'label') return Int32Array.from(items, ({ label }) => label ?? -1)
    if (by === 'cluster') return clusters?.found.assignments ?? new Int32Array(items.length).fill(-1)
    const nameOf = this.#core.catalog.datasets.nameByHash()
    const places = new Map(this.collections(key).map((name, i) => [name, i]))
    return Int32Array.from(items, ({ sha256 }) => places.get(nameOf.get(sha256) ?? '') ?? -1)
  }

  /** Names of the library's collections that items are in. */
  collections(key: string): string[] {
    const { collection, labelKind } = this.#at(key)
    if (labelKind !== 'folder') return []
    const nameOf = this.#core.catalog.datasets.nameByHash()
    return [...new Set(collection.items.flatMap(({ sha256 }) => nameOf.get(sha256) ?? []))].sort()
  }

  async measure(key: string, options: Progressing): Promise<{ psnrDb: Spread; bits: Spread | null }> {
    const open = this.#at(key)
    open.figures ??= await measureCollection(this.#core, open.collection, options)
    const { psnrDb, bits } = open.figures
    return { psnrDb: spreadOf(psnrDb), bits: bits && spreadOf(bits) }
  }

  /** @throws AppError `not-found` before `measure`, or where the model gives none */
  values(key: string, of: 'psnr' | 'bits'): Float32Array {
    const { figures } = this.#at(key)
    const values = of === 'psnr' ? figures?.psnrDb : figures?.bits
    if (values) return values
    throw new AppError('not-found', `${of} of these images was not measured, or the model gives none`)
  }

  /** Ids in the library of those items that are there. */
  inLibrary(key: string, indices: readonly number[]): number[] {
    return [...new Set(this.items(key, indices).flatMap(({ image }) => image ?? []))]
  }

  async classify(key: string, options: Progressing): Promise<{ scores: FeatureScore[]; images: number }> {
    const { collection } = this.#at(key)
    const every = Math.ceil(collection.items.length / most.classified)
    const few = every > 1 ? everyOf(collection, every) : collection
    const images = few.items.length
    const scores = await scoreFeatures([few], { ...options, trainingCount: Math.floor(images * 0.8) })
    return { scores, images }
  }

  collection(key: string): Collection {
    return this.#at(key).collection
  }

  items(key: string, indices: readonly number[]): LatentItem[] {
    const { collection } = this.#at(key)
    return indices.map((index) => this.#itemOf(collection, index))
  }

  #itemOf({ items, labels }: Collection, index: number): LatentItem {
    const item = items[index]
    if (!item) throw new AppError('bad-input', `index: expected 0 to ${items.length - 1}, got ${index}`)
    const { name, label, path, sha256 } = item
    const image = path === null ? null : (this.#core.catalog.images.byHash(sha256)?.id ?? null)
    return { ...{ index, name, path, image }, label: label === null ? null : (labels[label] ?? null) }
  }

  neighbours(key: string, index: number, count: number) {
    const open = this.#at(key)
    const { points } = open.collection
    this.#itemOf(open.collection, index)
    // A window asks again and again: the table of vectors is filled once.
    if (points.count > 20_000) open.index ??= openIndex(points)
    const query = pointAt(points, index)
    const { found, by } = open.index
      ? { found: open.index.nearest(query, count, index), by: 'sqlite-vec' }
      : searchNearest(points, query, count, index, 'loop')
    return {
      by,
      neighbours: found.map(({ index: other, distance }) => ({
        ...this.#itemOf(open.collection, other),
        distance,
      })),
    }
  }

  async clusters(key: string, count: number, seed: number, options: Progressing): Promise<FoundClusters> {
    const open = this.#at(key)
    const { points, items, labels, model } = open.collection
    const best = await clustersInThread(points, count || 'auto', { seed, ...options })
    const { assignments, centres } = best.clusters
    const names = namesOfClusters(
      best.clusters,
      points,
      this.#core.catalog.clusterNames.ofModel(model.sha256),
    )
    open.clusters = { found: best.clusters, names }
    const isLabelled = labels.length > 1 && items.every(({ label }) => label !== null)
    const truth = isLabelled ? items.map(({ label }) => label!) : null
    const sizes = centres.map(() => 0)
    for (const cluster of assignments) sizes[cluster]!++
    return {
      ...{ count: best.count, silhouette: best.silhouette, tried: best.tried, sizes },
      names: names.map((one) => one?.name ?? null),
      mutualInformation: truth ? mutualInformation(truth, assignments) : null,
    }
  }

  nameCluster(key: string, cluster: number, name: string): void {
    const { clusters, collection } = this.#at(key)
    const centre = clusters?.found.centres[cluster]
    if (!clusters || !centre) {
      throw new AppError('bad-input', `cluster ${cluster + 1}: expected one of those that were found`)
    }
    const { clusterNames } = this.#core.catalog
    const { sha256 } = collection.model
    clusterNames.put(sha256, centre, name, clusters.names[cluster]?.id ?? null)
    const { found } = clusters
    clusters.names = namesOfClusters(found, collection.points, clusterNames.ofModel(sha256))
  }

  position(key: string, index: number | null) {
    const { collection, axes } = this.#at(key)
    const mean = meanOf(collection.points)
    if (index !== null) this.#itemOf(collection, index)
    const code = index === null ? Float32Array.from(mean) : pointAt(collection.points, index)
    return {
      code: [...code],
      axes: axes.map(({ direction, deviation }) => {
        const along = direction.reduce((sum, part, i) => sum + part * (code[i]! - mean[i]!), 0)
        return deviation > 0 ? along / deviation : 0
      }),
    }
  }

  /** A base code moved by so many deviations along the axes. */
  decode(
    key: string,
    code: readonly number[],
    moves: readonly number[],
    signal: AbortSignal,
  ): Promise<string> {
    const { axes, collection } = this.#at(key)
    if (code.length !== collection.points.length) {
      throw new AppError(
        'bad-input',
        `code: expected ${collection.points.length} numbers, got ${code.length}`,
      )
    }
    const moved = Float32Array.from(code)
    for (const [k, amount] of moves.entries()) {
      const axis = axes[k]
      if (!axis || amount === 0) continue
      for (let i = 0; i < moved.length; i++) moved[i]! += amount * axis.deviation * axis.direction[i]!
    }
    return this.#decoded(collection, moved, signal)
  }

  async interpolate(key: string, a: number, b: number, steps: number, signal: AbortSignal) {
    const { collection } = this.#at(key)
    for (const index of [a, b]) this.#itemOf(collection, index)
    const isSpherical = collection.model.architecture === 'vae'
    const path = isSpherical ? sphericalPath : linearPath
    const codes = path(pointAt(collection.points, a), pointAt(collection.points, b), steps)
    const joined = new Float32Array(steps * collection.points.length)
    for (const [i, code] of codes.entries()) joined.set(code, i * code.length)
    const pixels = await this.#decoded(collection, joined, signal)
    return { pixels, path: isSpherical ? ('spherical' as const) : ('straight' as const) }
  }

  generate(
    key: string,
    {
      prior: kind,
      count,
      seed,
      temperature,
    }: { prior: PriorKind; count: number; seed: number; temperature: number },
    signal: AbortSignal,
  ): Promise<string> {
    const { collection } = this.#at(key)
    const prior = priorOf(collection.model, kind, collection, { signal })
    return this.#decoded(collection, drawCodes(prior, count, seed, temperature), signal)
  }

  async place(key: string, map: string, paths: readonly string[], signal: AbortSignal) {
    const drawn = this.#mapOf(key, map)
    const { collection } = this.#at(key)
    const checked = await this.#access.checkAll(paths)
    const further = await collect(
      this.#core,
      collection.model,
      { kind: 'photos', paths: checked },
      { signal },
    )
    return further.items.map(({ name }, i) => {
      const [x, y] = placeOnMap(collection, drawn, pointAt(further.points, i))
      return { name, x, y }
    })
  }

  close(): void {
    for (const { index } of this.#open.values()) index?.close()
    this.#open.clear()
  }

  /** base64 of bytes, 0 to 255 */
  async #decoded({ model }: Collection, codes: Float32Array, signal: AbortSignal): Promise<string> {
    const length = (this.#lengthOf(model.id) ?? codes.length) || 1
    const request = { model: refOf(model), count: codes.length / length, codes }
    const values = await this.#core.inference.call('decodeCodes', request, { signal })
    return Buffer.from(
      Uint8Array.from(values, (value) => Math.round(255 * Math.min(1, Math.max(0, value)))),
    ).toString('base64')
  }

  #lengthOf(modelId: string): number | undefined {
    for (const { collection } of this.#open.values()) {
      if (collection.model.id === modelId) return collection.points.length
    }
    return undefined
  }
}

/** Every so many items of a collection. */
function everyOf(collection: Collection, every: number): Collection {
  const { items, points, values } = collection
  const indices = items.flatMap((_, i) => (i % every === 0 ? [i] : []))
  const pixels = { count: items.length, length: values.length / items.length, values }
  return {
    ...collection,
    items: indices.map((i) => items[i]!),
    points: selectPoints(points, indices),
    values: selectPoints(pixels, indices).values,
  }
}

function spreadOf(values: Float32Array): Spread {
  const sorted = values.toSorted()
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!
  return { low: at(0.05), middle: at(0.5), high: at(0.95) }
}
