import { join } from 'node:path'
import { inThread, type ThreadOptions } from '../../platform/thread.ts'
import type { Points } from '../points.ts'
import type { UmapSettings } from './umap.ts'

/** As `umap`, in a thread of its own. @throws AppError also `aborted` */
export function umapInThread(
  points: Points,
  settings: UmapSettings,
  options: Omit<ThreadOptions, 'what'> = {},
): Promise<Float32Array> {
  const path = join(import.meta.dirname, 'worker.ts')
  return inThread(path, { points, settings }, { ...options, what: 'the map' })
}
