import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { AppError, type ErrorCode } from '../../../shared/errors.ts'
import type { Points } from '../points.ts'
import type { UmapSettings } from './umap.ts'

type Message =
  | { kind: 'progress'; fraction: number }
  | { kind: 'done'; xy: Float32Array }
  | { kind: 'error'; code: ErrorCode; message: string }

/** As `umap`, in a thread of its own. @throws AppError also `aborted` */
export function umapInThread(
  points: Points,
  settings: UmapSettings,
  {
    signal,
    onProgress,
  }: { signal?: AbortSignal | undefined; onProgress?: ((fraction: number) => void) | undefined } = {},
): Promise<Float32Array> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(join(import.meta.dirname, 'worker.ts'), { workerData: { points, settings } })
    const stop = () => {
      void worker.terminate()
      reject(new AppError('aborted', 'the map was stopped'))
    }
    if (signal?.aborted) return stop()
    signal?.addEventListener('abort', stop, { once: true })
    worker.on('message', (message: Message) => {
      if (message.kind === 'progress') onProgress?.(message.fraction)
      else if (message.kind === 'done') resolve(message.xy)
      else reject(new AppError(message.code, message.message))
    })
    worker.on('error', reject)
    worker.on('exit', () => {
      signal?.removeEventListener('abort', stop)
      reject(new AppError('internal', 'the thread that draws a map ended without one'))
    })
  })
}
