import { toAppError } from '../../shared/errors.ts'
import type { JobProgress } from '../catalog/job.ts'
import type { Jobs } from '../catalog/jobs.ts'

/** How often progress is stored and wishes of other processes are read. */
const everyMs = 250

/** Keeps the latest progress of a running job and stores it now and then; learns there what others wish. */
export class ProgressStore {
  readonly #jobs: Jobs
  readonly #id: number
  readonly #stop: (as: 'cancelled' | 'paused' | 'interrupted') => void
  readonly #timer: NodeJS.Timeout
  #latest: JobProgress | undefined
  #isClosed = false

  constructor(jobs: Jobs, id: number, stop: (as: 'cancelled' | 'paused' | 'interrupted') => void) {
    this.#jobs = jobs
    this.#id = id
    this.#stop = stop
    this.#timer = setInterval(() => this.#store(), everyMs)
  }

  /** False once the job has ended: a function that ignored its signal may still be talking. */
  add(progress: JobProgress): boolean {
    if (!this.#isClosed) this.#latest = progress
    return !this.#isClosed
  }

  close(): void {
    if (this.#isClosed) return
    clearInterval(this.#timer)
    this.#store()
    this.#isClosed = true
  }

  #store(): void {
    try {
      const wish = this.#jobs.report(this.#id, this.#latest)
      this.#latest = undefined
      if (wish === 'cancel') this.#stop('cancelled')
      if (wish === 'pause') this.#stop('paused')
      if (wish === 'lost') this.#stop('interrupted')
    } catch (error) {
      // busy: the next turn stores it; anything else will meet the job's end, which reports it
      if (toAppError(error).code !== 'conflict') this.#stop('interrupted')
    }
  }
}
