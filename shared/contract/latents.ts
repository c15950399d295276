import { z } from 'zod'
import { filePath, nothing, rowId } from './common.ts'
import { modelName } from './denoise.ts'
import { mutation, query, subscription } from './procedure.ts'

/** names an encoded collection while the core holds it */
export const latentsKey = z.string().regex(/^l[0-9a-f]{16}$/, 'expected a key of an encoded collection')

export const latentsSource = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('collection'), id: rowId }),
  z.object({ kind: z.literal('library') }),
  z.object({ kind: z.literal('paths'), paths: z.array(filePath).min(1).max(1000) }),
  /** an IDX file, its labels beside it where they have the usual name */
  z.object({ kind: z.literal('idx'), path: filePath, count: z.int().min(1).max(200_000).default(10_000) }),
  z.object({ kind: z.literal('samples') }),
  /** patches cut from the photos that came with the application */
  z.object({ kind: z.literal('patches') }),
])
export type LatentsSource = z.infer<typeof latentsSource>

export interface Encoded {
  readonly key: string
  readonly model: string
  readonly count: number
  readonly codeLength: number
  /** the codes are a normal distribution's: interpolation goes along the sphere */
  readonly isVariational: boolean
  readonly rows: number
  readonly columns: number
  readonly channels: 1 | 3
  /** names of the labels */
  readonly labels: readonly string[]
  /** what they are: an IDX file's classes, photos' folders, or the photos that patches were cut from */
  readonly labelKind: 'class' | 'folder' | 'photo'
  /** directions worth a slider, the largest deviation first */
  readonly axes: readonly { readonly name: string; readonly deviation: number }[]
  readonly skipped: readonly string[]
}

export type EncodeEvent =
  | { readonly kind: 'progress'; readonly fraction: number }
  | { readonly kind: 'done'; readonly encoded: Encoded }

export type ClassifyEvent =
  | { readonly kind: 'progress'; readonly fraction: number; readonly step: string }
  | { readonly kind: 'done'; readonly scores: readonly FeatureScore[]; readonly images: number }

/** What classifiers and clusters make of one kind of feature. */
export interface FeatureScore {
  readonly features: string
  /** numbers of each image */
  readonly length: number
  /** shares of the held-out images that got their own label, 0 to 1 */
  readonly neighbours: number
  readonly logistic: number
  /** mutual information of k-means' clusters of the training images with their labels, 0 to 1 */
  readonly clusters: number
  /** held-out images by true label (row) and nearest neighbours' label (column) */
  readonly confusion: readonly (readonly number[])[]
}

export type ClustersEvent =
  | { readonly kind: 'progress'; readonly fraction: number }
  | { readonly kind: 'done'; readonly clusters: FoundClusters }

/** Each item's cluster can be had at `groupsUrl`. */
export interface FoundClusters {
  readonly count: number
  readonly silhouette: number
  readonly sizes: readonly number[]
  /** what people called them; null: nothing yet */
  readonly names: readonly (string | null)[]
  /** silhouette of each number that was tried */
  readonly tried: readonly { readonly count: number; readonly silhouette: number }[]
  /** with the labels, 0 to 1; null without labels */
  readonly mutualInformation: number | null
}

export type MeasureEvent =
  | { readonly kind: 'progress'; readonly fraction: number }
  /** the values can be had at `valuesUrl`; `bits` null: the model gives none */
  | { readonly kind: 'done'; readonly psnrDb: Spread; readonly bits: Spread | null }

/** Where nine of ten values lie, and their middle. */
export interface Spread {
  readonly low: number
  readonly middle: number
  readonly high: number
}

export const mapMethod = z.discriminatedUnion('method', [
  z.object({ method: z.literal('pca') }),
  z.object({
    method: z.literal('umap'),
    neighbours: z.int().min(2).max(200),
    minDistance: z.number().min(0).max(1),
    seed: z
      .int()
      .min(0)
      .max(2 ** 40),
  }),
])
export type MapMethod = z.infer<typeof mapMethod>

export type MapEvent =
  | { readonly kind: 'progress'; readonly fraction: number }
  /** its coordinates can be had at `mapUrl` */
  | { readonly kind: 'done'; readonly map: string; readonly isCached: boolean }

export interface LatentItem {
  readonly index: number
  readonly name: string
  readonly label: string | null
  readonly path: string | null
  /** of the library, where it is there */
  readonly image: number | null
}

const keyed = z.object({ key: latentsKey })
const index = z.int().min(0).max(10_000_000)
const code = z.array(z.number()).min(1).max(4096)

export const latentsArea = {
  /** models whose codes can be looked at */
  models: query(nothing).gives<{ id: string; title: string; codeLength: number; data: string }[]>(),
  encode: subscription(z.object({ model: modelName, source: latentsSource })).gives<EncodeEvent>(),
  map: subscription(z.object({ key: latentsKey, method: mapMethod })).gives<MapEvent>(),
  items: query(z.object({ key: latentsKey, indices: z.array(index).max(2000) })).gives<LatentItem[]>(),
  neighbours: query(z.object({ key: latentsKey, index, count: z.int().min(1).max(200) })).gives<{
    neighbours: (LatentItem & { distance: number })[]
    by: string
  }>(),
  /** `count` 0: as many as give the best silhouette; unsubscribe to stop */
  clusters: subscription(
    z.object({
      key: latentsKey,
      count: z.int().min(0).max(60),
      seed: z
        .int()
        .min(0)
        .max(2 ** 40),
    }),
  ).gives<ClustersEvent>(),
  /** kept in the catalog, found again by where the cluster lies; an empty one forgets the name */
  nameCluster: mutation(
    z.object({ key: latentsKey, cluster: z.int().min(0).max(59), name: z.string().trim().max(100) }),
  ).gives<null>(),
  /** names of the library's collections that items are in; each item's first one can be had at `groupsUrl` */
  collections: query(keyed).gives<{ names: string[] }>(),
  /** how well each image is kept by its code, and what the code costs; unsubscribe to stop */
  measure: subscription(keyed).gives<MeasureEvent>(),
  /** those of the items that the library has: its ids, each once */
  inLibrary: query(z.object({ key: latentsKey, indices: z.array(index).max(200_000) })).gives<{
    ids: number[]
  }>(),
  /** the code of an item, or the mean code, in deviations along the axes */
  position: query(z.object({ key: latentsKey, index: index.nullable() })).gives<{
    code: number[]
    axes: number[]
  }>(),
  /** decodes a base code moved by so many deviations along the axes; base64 of rows * columns * channels bytes */
  decode: query(z.object({ key: latentsKey, code, axes: z.array(z.number()).max(64) })).gives<{
    pixels: string
  }>(),
  /** decoded images on the way from one to the other; base64 as above, one after another */
  interpolate: query(z.object({ key: latentsKey, a: index, b: index, steps: z.int().min(2).max(40) })).gives<{
    pixels: string
    path: 'straight' | 'spherical'
  }>(),
  generate: query(
    z.object({
      key: latentsKey,
      prior: z.enum(['normal', 'gaussian', 'mixture']),
      count: z.int().min(1).max(200),
      seed: z
        .int()
        .min(0)
        .max(2 ** 40),
      temperature: z.number().min(0).max(3),
    }),
  ).gives<{ pixels: string }>(),
  /** further photos on a map that is drawn, without drawing it anew */
  place: query(
    z.object({ key: latentsKey, map: z.string().max(80), paths: z.array(filePath).min(1).max(50) }),
  ).gives<{ name: string; x: number; y: number }[]>(),
  /** accuracies beside raw pixels and PCA; needs labels; unsubscribe to stop */
  classify: subscription(keyed).gives<ClassifyEvent>(),
}

/** Float32Array, little-endian: x, y of each item. */
export const mapUrl = (key: string, map: string): string => `/latents/${key}/map-${map}`
/** Int32Array, little-endian: the group of each item, -1 for none. */
export const groupsUrl = (key: string, by: GroupedBy, version: number): string =>
  `/latents/${key}/groups-${by}?v=${version}`
export const groupings = ['label', 'collection', 'cluster'] as const
export type GroupedBy = (typeof groupings)[number]
/** Float32Array, little-endian: what was measured of each item. */
export const valuesUrl = (key: string, of: 'psnr' | 'bits'): string => `/latents/${key}/values-${of}`
