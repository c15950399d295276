import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { type Points, pointsOf } from '../../latents/points.ts'
import { coordinatesOf, projectPoints } from '../../latents/project.ts'
import { umapInThread } from '../../latents/umap/in-thread.ts'
import { placeAmong, type UmapSettings, umapDefaults } from '../../latents/umap/umap.ts'
import { readSafetensors, writeSafetensors } from '../../models/safetensors.ts'
import type { Core } from '../core.ts'
import type { Collection } from './collection.ts'

/** How a map is drawn; all of it decides the map, and is kept with it. */
export const mapSettings = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('pca') }),
  z.strictObject({
    method: z.literal('umap'),
    neighbours: z.int().min(2).max(200).default(umapDefaults.neighbours),
    minDistance: z.number().min(0).max(1).default(umapDefaults.minDistance),
    epochs: z.int().min(0).max(5000).default(umapDefaults.epochs),
    seed: z.int().min(0).default(umapDefaults.seed),
  }),
])
export type MapSettings = z.infer<typeof mapSettings>

export interface LatentMap {
  readonly settings: MapSettings
  /** x, y of each item */
  readonly xy: Float32Array
  /** it was drawn before, and found again */
  readonly isCached: boolean
}

export interface MapOptions {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((fraction: number) => void) | undefined
}

/** A map of a collection: by PCA at once, by UMAP in a thread; a UMAP drawn before with the same codes and settings is read. */
export async function mapCollection(
  core: Pick<Core, 'folder'>,
  { points }: Pick<Collection, 'points'>,
  settings: MapSettings,
  options: MapOptions = {},
): Promise<LatentMap> {
  if (settings.method === 'pca') return { settings, xy: projectPoints(points, 2).xy, isCached: false }
  const path = join(core.folder, 'latents', `${keyOf(points, settings)}.safetensors`)
  const known = await readMap(path, points.count)
  if (known) return { settings, xy: known, isCached: true }
  const { method, ...given } = settings
  const full: UmapSettings = { ...umapDefaults, ...given }
  const xy = await umapInThread(points, full, options)
  await mkdir(join(core.folder, 'latents'), { recursive: true })
  await writeSafetensors(path, {
    tensors: { xy: { shape: [points.count, 2], data: xy } },
    metadata: { settings: JSON.stringify(settings) },
  })
  return { settings, xy, isCached: false }
}

/** Where a further code lies on a map that is drawn already. */
export function placeOnMap(
  { points }: Pick<Collection, 'points'>,
  map: LatentMap,
  code: Float32Array,
): [number, number] {
  if (map.settings.method === 'umap') return placeAmong(points, map.xy, code, map.settings.neighbours)
  const { projection } = projectPoints(points, 2)
  const [x = 0, y = 0] = coordinatesOf(projection, pointsOf(code, code.length))
  return [x, y]
}

function keyOf(points: Points, settings: MapSettings): string {
  const { values, length } = points
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  return createHash('sha256')
    .update(JSON.stringify([length, settings]))
    .update(bytes)
    .digest('hex')
}

/** Null where there is none, or a damaged one, which is drawn anew. */
async function readMap(path: string, count: number): Promise<Float32Array | null> {
  try {
    const { tensors } = await readSafetensors(path)
    const data = tensors.xy?.data
    return data instanceof Float32Array && data.length === 2 * count ? data : null
  } catch (error) {
    if (error instanceof AppError && ['not-found', 'corrupt', 'unreadable'].includes(error.code)) return null
    throw error
  }
}
