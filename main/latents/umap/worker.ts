import { parentPort, workerData } from 'node:worker_threads'
import { toAppError } from '../../../shared/errors.ts'
import type { Points } from '../points.ts'
import { type UmapSettings, umap } from './umap.ts'

/** A thread that draws one map. */
const { points, settings } = workerData as { points: Points; settings: UmapSettings }
try {
  let told = 0
  const xy = umap(points, settings, (fraction) => {
    if (fraction - told < 0.01) return
    told = fraction
    parentPort!.postMessage({ kind: 'progress', fraction })
  })
  parentPort!.postMessage({ kind: 'done', xy }, [xy.buffer as ArrayBuffer])
} catch (error) {
  const { code, message } = toAppError(error)
  parentPort!.postMessage({ kind: 'error', code, message })
}
