import { missingPixels } from '../../../shared/noise/add-noise.ts'
import { judgedDamages } from '../../../shared/noise/damage/judged.ts'
import { readImage } from '../../imaging/read.ts'
import { rasterTile } from '../../imaging/tile-pixels.ts'
import type { Core } from '../core.ts'
import type { ModelRef } from '../engine-tasks.ts'
import { lostPsnr } from '../jobs/restore-job.ts'
import { restoreImage } from './restore-image.ts'

/** Means over the pictures for one damage; PSNR in dB over the lost pixels alone, of 8-bit results. */
export interface RestoreFigures {
  readonly damage: string
  readonly lostPercent: number
  readonly smooth: number
  readonly biharmonic: number
  readonly model: number
}

/** Damages sound pictures in each way, and restores them by the model and without one, on the same lost pixels. */
export async function evaluateRestorer(
  core: Core,
  model: ModelRef,
  paths: readonly string[],
  {
    seed,
    signal,
    onProgress,
  }: { seed: number; signal?: AbortSignal | undefined; onProgress?: (done: number, total: number) => void },
): Promise<RestoreFigures[]> {
  const rows: RestoreFigures[] = []
  for (const { model: damage, parameters } of judgedDamages) {
    const sums = { lostPercent: 0, smooth: 0, biharmonic: 0, model: 0 }
    for (const [index, path] of paths.entries()) {
      const raster = await readImage(path, signal ? { signal } : {})
      const { width, height } = raster
      const clean = rasterTile(raster, { x: 0, y: 0, width, height })
      const missing = missingPixels(clean, { model: damage, parameters, seed: [seed, index] })
      for (const [name, method] of [
        ['smooth', 'smooth'],
        ['biharmonic', 'biharmonic'],
        ['model', model],
      ] as const) {
        const restored = await restoreImage(core.inference, method, clean, missing, { signal })
        sums[name] += lostPsnr(restored.data, clean.data, missing) / paths.length
        signal?.throwIfAborted()
      }
      sums.lostPercent +=
        (100 * missing.reduce((sum, value) => sum + value, 0)) / missing.length / paths.length
      onProgress?.(rows.length * paths.length + index + 1, judgedDamages.length * paths.length)
    }
    rows.push({ damage, ...sums })
  }
  return rows
}
