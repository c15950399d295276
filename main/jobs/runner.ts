import { AppError, toAppError } from '../../shared/errors.ts'
import type { Job, JobEnding, JobProgress } from '../catalog/job.ts'
import type { Jobs } from '../catalog/jobs.ts'
import type { Json } from '../catalog/json.ts'
import { ProgressStore } from './progress.ts'

/** What a job function is given beside its job. */
export interface JobContext {
  /** aborted when the job is to stop; stop within a second, leaving finished items as they are */
  readonly signal: AbortSignal
  /** as often as you like: stored about four times a second */
  readonly progress: (progress: JobProgress) => void
  /** for items of a batch: see runItems */
  readonly jobs: Jobs
}

/** Does one kind of job; the result is stored as JSON. */
export type JobFunction = (job: Job, context: JobContext) => Promise<Json>

export interface JobRunnerOptions {
  /** every progress as it comes, for a bar in the terminal or the window */
  onProgress?: (job: Job, progress: JobProgress) => void
  /** a job began or ended */
  onChange?: (job: Job) => void
  /** the catalog failed while the queue was worked through; no more jobs are taken */
  onError?: (error: AppError) => void
}

type StopStatus = 'cancelled' | 'paused' | 'interrupted'

interface RunningJob {
  stop: (as: StopStatus) => void
  ended: Promise<unknown>
}

/** How long a function may take to obey its signal before the job counts as stopped without it. */
const graceMs = 700

/**
 * Runs jobs of the queue in this process: `run` one of them (the command line), or `start` working through
 * all (the application). Progress and endings are persisted; a job that this process leaves behind, by
 * stopping or by dying, becomes interrupted and can be queued again.
 */
export class JobRunner {
  readonly #jobs: Jobs
  readonly #functions: Readonly<Record<string, JobFunction>>
  readonly #options: JobRunnerOptions
  readonly #running = new Map<number, RunningJob>()
  #poll: NodeJS.Timeout | undefined

  constructor(jobs: Jobs, functions: Readonly<Record<string, JobFunction>>, options: JobRunnerOptions = {}) {
    this.#jobs = jobs
    this.#functions = functions
    this.#options = options
  }

  /**
   * Runs this queued job to its end and returns it; how it ended is its status, not an exception. When
   * `signal` aborts (Ctrl-C), it becomes interrupted. Throws not-found, conflict (not queued), bad-input (no
   * function for its kind).
   */
  async run(id: number, { signal }: { signal?: AbortSignal } = {}): Promise<Job> {
    const { kind } = this.#jobs.get(id)
    if (!this.#functions[kind])
      throw new AppError('bad-input', `nothing here does jobs of kind ${kind} (job ${id})`)
    return this.#begin(this.#jobs.claim(id), signal)
  }

  /** Takes queued jobs from here on, `slots` of them at a time, looking for new ones twice a second. */
  start(slots = 1): void {
    clearInterval(this.#poll)
    const fill = () => {
      while (this.#poll && this.#running.size < slots) {
        const job = this.#claimNext()
        if (!job) return
        this.#begin(job).then(fill, (error) => this.#giveUp(error)) // how the job ended is no error
      }
    }
    this.#poll = setInterval(fill, 500)
    fill()
  }

  /** Takes no more jobs; those that run become interrupted. Resolves when none is left. */
  async stop(): Promise<void> {
    clearInterval(this.#poll)
    this.#poll = undefined
    for (const { stop } of this.#running.values()) stop('interrupted')
    await Promise.allSettled([...this.#running.values()].map(({ ended }) => ended))
  }

  /** Cancels a job, wherever it runs; at once where that is here. */
  cancel(id: number): Job {
    const job = this.#jobs.wish(id, 'cancel')
    this.#running.get(id)?.stop('cancelled')
    return job
  }

  /** Stops a job so that it can go on later. */
  pause(id: number): Job {
    const job = this.#jobs.wish(id, 'pause')
    this.#running.get(id)?.stop('paused')
    return job
  }

  #claimNext(): Job | undefined {
    try {
      return this.#jobs.claimNext(Object.keys(this.#functions))
    } catch (error) {
      if (toAppError(error).code !== 'conflict') this.#giveUp(error) // busy: the next poll tries again
      return undefined
    }
  }

  #giveUp(error: unknown): void {
    clearInterval(this.#poll)
    this.#poll = undefined
    this.#options.onError?.(toAppError(error))
  }

  #begin(job: Job, signal?: AbortSignal): Promise<Job> {
    const abort = new AbortController()
    let stoppedAs: StopStatus | undefined
    const stop = (as: StopStatus) => {
      stoppedAs ??= as
      abort.abort(new AppError('aborted', `job ${job.id} was ${stoppedAs}`))
    }
    const ended = this.#execute(job, abort, stop, () => stoppedAs).finally(() => {
      this.#running.delete(job.id)
      signal?.removeEventListener('abort', interrupt)
    })
    const interrupt = () => stop('interrupted')
    this.#running.set(job.id, { stop, ended })
    if (signal?.aborted) interrupt()
    signal?.addEventListener('abort', interrupt)
    return ended
  }

  async #execute(
    job: Job,
    abort: AbortController,
    stop: (as: StopStatus) => void,
    stoppedAs: () => StopStatus | undefined,
  ): Promise<Job> {
    this.#options.onChange?.(job)
    await undefined // so that #begin has returned, and a stop before the first step is seen
    const store = new ProgressStore(this.#jobs, job.id, stop)
    const progress = (value: JobProgress) => {
      if (store.add(value)) this.#options.onProgress?.(job, value)
    }
    let ending: JobEnding
    try {
      abort.signal.throwIfAborted()
      const limit = disobeyed(abort.signal)
      const work = this.#functions[job.kind](job, { signal: abort.signal, progress, jobs: this.#jobs })
      ending = { status: 'done', result: await Promise.race([work, limit]) }
    } catch (error) {
      const as = stoppedAs()
      ending = as ? { status: as } : { status: 'failed', error: toAppError(error) }
    } finally {
      store.close()
    }
    const ended = this.#jobs.end(job.id, ending)
    this.#options.onChange?.(ended)
    return ended
  }
}

/** Rejects when a function goes on for too long after its signal. */
function disobeyed(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => setTimeout(() => reject(signal.reason), graceMs).unref(), {
      once: true,
    })
  })
}
