import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Encoded, LatentItem, LatentsSource, MapMethod } from '../../../shared/contract/latents.ts'
import { AppError } from '../../../shared/errors.ts'
import { findImages } from '../../imaging/find.ts'
import { meanOf, pointAt } from '../../latents/points.ts'
import { drawCodes } from '../../latents/prior.ts'
import { mutualInformation } from '../../latents/scores.ts'
import { linearPath, sphericalPath } from '../../latents/walk.ts'
import { projectRoot } from '../../platform/folders.ts'
import type { Access } from '../access.ts'
import type { Core } from '../core.ts'
import { findModel, refOf } from '../model-library.ts'
import { type Axis, axesOf } from './axes.ts'
import { bestClusters } from './cluster-collection.ts'
import { type Collection, type CollectionSource, collect } from './collection.ts'
import { type PriorKind, priorOf } from './generate.ts'
import { imageShapeOf } from './image-shape.ts'
import { type LatentMap, mapCollection, mapSettings, placeOnMap } from './map.ts'
import { openIndex, searchNearest, type VectorIndex } from './search.ts'

/** An encoded collection that a window looks at. */
interface Open {
  readonly key: string
  readonly collection: Collection
  readonly axes: readonly Axis[]
  readonly maps: Map<string, LatentMap>
  clusters: Int32Array | null
  index: VectorIndex | null
}

const kept = 3
const most = { axes: 24, photos: 200_000 }

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
  async encode(
    modelId: string,
    source: LatentsSource,
    options: { signal: AbortSignal; onProgress: (fraction: number) => void },
  ): Promise<Encoded> {
    const model = findModel(this.#core.catalog, modelId)
    const collection = await collect(this.#core, model, await this.#sourceOf(source), options)
    const hash = createHash('sha256').update(model.sha256)
    for (const { sha256 } of collection.items) hash.update(sha256)
    const key = `l${hash.digest('hex').slice(0, 16)}`
    const axes = axesOf(collection).slice(0, most.axes)
    this.#open.get(key)?.index?.close()
    this.#open.delete(key)
    this.#open.set(key, { key, collection, axes, maps: new Map(), clusters: null, index: null })
    for (const [oldest, { index }] of this.#open) {
      if (this.#open.size <= kept) break
      index?.close()
      this.#open.delete(oldest)
    }
    const { items, points, labels, skipped } = collection
    return {
      ...{ key, model: modelId, count: items.length, codeLength: points.length, labels, skipped },
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
    options: { signal: AbortSignal; onProgress: (fraction: number) => void },
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

  groups(key: string, by: 'label' | 'cluster'): Int32Array {
    const { collection, clusters } = this.#at(key)
    if (by === 'cluster') return clusters ?? new Int32Array(collection.items.length).fill(-1)
    return Int32Array.from(collection.items, ({ label }) => label ?? -1)
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

  clusters(key: string, count: number, seed: number, signal: AbortSignal) {
    const open = this.#at(key)
    const { points, items, labels } = open.collection
    const found =
      count > 0 || points.count <= 5000
        ? bestClusters(points, count || 'auto', { seed, signal })
        : bestClusters(points, Math.max(2, Math.min(12, labels.length || 8)), { seed, signal })
    const { assignments } = found.clusters
    open.clusters = assignments
    const truth =
      labels.length > 1 && items.every(({ label }) => label !== null)
        ? items.map(({ label }) => label!)
        : null
    return {
      ...{ count: found.count, silhouette: found.silhouette },
      sizes: Array.from({ length: found.count }, (_, c) =>
        assignments.reduce((sum, each) => sum + (each === c ? 1 : 0), 0),
      ),
      mutualInformation: truth ? mutualInformation(truth, assignments) : null,
    }
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
    const checked = await Promise.all(paths.map((path) => this.#access.check(path)))
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

  async #sourceOf(source: LatentsSource): Promise<CollectionSource> {
    const { catalog } = this.#core
    if (source.kind === 'idx') {
      const images = await this.#access.check(source.path)
      const labels = images.replace('images', 'labels').replace('idx3', 'idx1').replace('idx4', 'idx1')
      const hasLabels =
        labels !== images &&
        (await stat(labels).then(
          () => true,
          () => false,
        ))
      const facts = { kind: 'idx' as const, images, ...(hasLabels ? { labels } : {}) }
      return { ...facts, to: await countOf(images, source.count) }
    }
    if (source.kind === 'samples' || source.kind === 'patches') {
      const found = await findImages([join(projectRoot, 'assets', 'samples')])
      const paths = found.map(({ path }) => path)
      return source.kind === 'patches' ? { kind: 'photos', paths, patches: 400 } : { kind: 'photos', paths }
    }
    if (source.kind === 'paths') {
      const checked = await Promise.all(source.paths.map((path) => this.#access.check(path)))
      const found = await findImages(checked, { recursive: true })
      return { kind: 'photos', paths: found.map(({ path }) => path).slice(0, most.photos) }
    }
    const view = {
      ...{ order: 'imported' as const, descending: false, search: '', formats: [] },
      ...(source.kind === 'collection' ? { collection: source.id } : {}),
    }
    const ids = catalog.views.ids(view).slice(0, most.photos)
    const paths = [...ids].flatMap((id) => catalog.images.byId(id)?.path ?? [])
    if (paths.length === 0) throw new AppError('bad-input', 'there is no photo in it: import some first')
    return { kind: 'photos', paths }
  }
}

async function countOf(path: string, wanted: number): Promise<number> {
  const { idxImages } = await import('../../training/data/idx.ts')
  return Math.min(wanted, (await idxImages(path)).count)
}
