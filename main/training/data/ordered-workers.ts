import { Worker } from 'node:worker_threads'
import { AppError, type ErrorCode } from '../../../shared/errors.ts'

/** What a thread sends back for a job: its result, or what went wrong. */
export type Reply<Result> =
  | { readonly step: number; readonly result: Result }
  | { readonly step: number; readonly error: { readonly code: ErrorCode; readonly message: string } }

/** What a thread is sent: a job, or that it shall end by itself, as soon as what it has begun is done. */
export type Request<Job> = { readonly step: number; readonly job: Job } | 'end'

export interface OrderedWorkersOptions<Job, Result> {
  /** The module that the threads run; it answers each Request that is a job with a Reply. */
  readonly module: URL
  readonly workerData: unknown
  readonly workers: number
  /** Steps under way or finished ahead of the one that is taken next. */
  readonly ahead: number
  readonly startStep: number
  jobFor(step: number): Job
  /** Called once per result, in the order in which they arrive. */
  received(result: Result): void
}

export interface OrderedWorkers<Result> {
  next(): Promise<Result>
  /** Ends the threads. They end by themselves: one that is ended while a native library decodes in it may crash all. */
  close(): Promise<void>
}

/** After this a thread that does not end is one that hangs in a job, and is ended. */
const patienceMs = 10_000

/**
 * Threads that work on the steps ahead and hand their results back in the order of the steps. Jobs are sent before
 * they are needed, so that the threads have work while the caller's own thread is blocked in a training step.
 * When a job fails or a thread dies, `next` rejects from then on. Idle threads do not keep the process alive.
 */
export function createOrderedWorkers<Job, Result>(
  options: OrderedWorkersOptions<Job, Result>,
): OrderedWorkers<Result> {
  const { ahead, jobFor, received } = options
  const threads = Array.from({ length: options.workers }, () => {
    const worker = new Worker(options.module, { workerData: options.workerData })
    return { worker, underway: 0 }
  })
  const ready = new Map<number, Result>()
  const waiting = new Map<number, { resolve(result: Result): void; reject(error: AppError): void }>()
  let failure: AppError | null = null
  let taken = options.startStep
  let sent = options.startStep

  for (const thread of threads) {
    thread.worker.on('message', (reply: Reply<Result>) => {
      thread.underway--
      if ('error' in reply) return fail(new AppError(reply.error.code, reply.error.message))
      received(reply.result)
      const waiter = waiting.get(reply.step)
      waiting.delete(reply.step)
      if (waiter) waiter.resolve(reply.result)
      else ready.set(reply.step, reply.result)
      keepAlive()
    })
    thread.worker.on('error', (cause) =>
      fail(new AppError('internal', `a data thread died: ${cause}`, { cause })),
    )
    thread.worker.on('exit', (code) =>
      fail(new AppError('internal', `a data thread ended with exit code ${code}`)),
    )
  }

  // After the listeners are there: adding one makes a thread count again.
  keepAlive()

  function keepAlive(): void {
    for (const { worker } of threads) {
      if (waiting.size > 0) worker.ref()
      else worker.unref()
    }
  }

  function fail(error: AppError): void {
    failure ??= error
    for (const { reject } of waiting.values()) reject(failure)
    waiting.clear()
    keepAlive()
  }

  function send(): void {
    for (; sent < taken + ahead; sent++) {
      const idlest = threads.reduce((a, b) => (b.underway < a.underway ? b : a))
      idlest.underway++
      idlest.worker.postMessage({ step: sent, job: jobFor(sent) } satisfies Request<Job>)
    }
  }

  send()
  return {
    async next() {
      if (failure) throw failure
      const step = taken++
      send()
      const result = ready.get(step)
      ready.delete(step)
      if (result) return result
      return new Promise((resolve, reject) => {
        waiting.set(step, { resolve, reject })
        keepAlive()
      })
    },
    async close() {
      fail(new AppError('aborted', 'the source of batches was closed'))
      ready.clear()
      await Promise.all(threads.map(({ worker }) => ended(worker)))
    },
  }
}

async function ended(worker: Worker): Promise<void> {
  if (worker.threadId === -1) return
  const exit = new Promise((resolve) => worker.once('exit', resolve))
  worker.ref()
  worker.postMessage('end' satisfies Request<never>)
  const timer = setTimeout(() => void worker.terminate(), patienceMs)
  await exit
  clearTimeout(timer)
}
