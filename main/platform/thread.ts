import { parentPort, Worker, workerData } from 'node:worker_threads'
import { AppError, type ErrorCode, toAppError } from '../../shared/errors.ts'

type Message<Result> =
  | { kind: 'progress'; fraction: number; step: string }
  | { kind: 'done'; result: Result }
  | { kind: 'error'; code: ErrorCode; message: string }

export interface ThreadOptions {
  readonly signal?: AbortSignal | undefined
  /** 0 to 1, and what is done */
  readonly onProgress?: ((fraction: number, step: string) => void) | undefined
  /** for what is said when it ends early: 'the map' */
  readonly what: string
}

/**
 * What the module at `path` makes of the input with `answerThread`, in a thread of its own; an abort ends the thread.
 * @throws AppError `aborted`, `internal` where the thread dies; what its work throws
 */
export function inThread<Result>(
  path: string,
  input: unknown,
  { signal, onProgress, what }: ThreadOptions,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new AppError('aborted', `${what} was stopped`))
    const worker = new Worker(path, { workerData: input })
    const stop = () => {
      reject(new AppError('aborted', `${what} was stopped`))
      void worker.terminate()
    }
    signal?.addEventListener('abort', stop, { once: true })
    worker.on('message', (message: Message<Result>) => {
      if (message.kind === 'progress') onProgress?.(message.fraction, message.step)
      else if (message.kind === 'done') resolve(message.result)
      else reject(new AppError(message.code, message.message))
    })
    worker.on('error', reject)
    worker.on('exit', () => {
      signal?.removeEventListener('abort', stop)
      reject(new AppError('internal', `the thread for ${what} ended without a result`))
    })
  })
}

/** The thread's side: called once by its module. */
export function answerThread<Input, Result>(
  work: (input: Input, onProgress: (fraction: number, step?: string) => void) => Result,
): void {
  const send = (message: Message<Result>) => parentPort!.postMessage(message)
  let told = { fraction: 0, step: '' }
  try {
    const result = work(workerData as Input, (fraction, step = told.step) => {
      if (fraction - told.fraction < 0.01 && step === told.step) return
      told = { fraction, step }
      send({ kind: 'progress', ...told })
    })
    send({ kind: 'done', result })
  } catch (error) {
    const { code, message } = toAppError(error)
    send({ kind: 'error', code, message })
  }
}
