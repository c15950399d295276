import type { AppError, ErrorCode } from '../../shared/errors.ts'
import type { Json } from './json.ts'

export type JobStatus = 'queued' | 'running' | 'paused' | 'done' | 'failed' | 'cancelled' | 'interrupted'

/** What another process, or the window, asks of a running job. */
export type JobWish = 'cancel' | 'pause'

export interface NewJob {
  /** which function does it */
  kind: string
  input: Json
  /** higher ones first; 0 unless given */
  priority?: number
  /** the inputs of a batch, usually paths */
  items?: readonly string[]
}

export interface JobProgress {
  done: number
  /** 0: not known */
  total: number
  message?: string
}

export interface Job {
  id: number
  kind: string
  input: Json
  status: JobStatus
  priority: number
  done: number
  total: number
  /** 0 to 1 */
  progress: number
  message: string
  error: { code: ErrorCode; message: string } | null
  result: Json
  /** how often it was begun */
  attempts: number
  createdAtMs: number
  startedAtMs: number | null
  endedAtMs: number | null
}

/** How a job left this process. */
export type JobEnding =
  | { status: 'done'; result: Json }
  | { status: 'failed'; error: AppError }
  | { status: 'paused' | 'cancelled' | 'interrupted' }

export interface JobRow extends Omit<Job, 'input' | 'result' | 'error'> {
  input: string
  result: string | null
  errorCode: ErrorCode | null
  errorMessage: string | null
}

export const jobColumns = `id, kind, input, status, priority, done, total, progress, message, errorCode, errorMessage,
  result, attempts, createdAtMs, startedAtMs, endedAtMs`

export function jobOf({ errorCode, errorMessage, ...row }: JobRow): Job {
  return {
    ...row,
    input: JSON.parse(row.input) as Json,
    result: row.result === null ? null : (JSON.parse(row.result) as Json),
    error: errorCode === null ? null : { code: errorCode, message: errorMessage ?? '' },
  }
}
