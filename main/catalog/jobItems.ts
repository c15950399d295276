import { AppError, type ErrorCode } from '../../shared/errors.ts'
import type { Database } from './database.ts'

export type JobItemStatus = 'waiting' | 'done' | 'skipped' | 'failed'

export interface JobItem {
  jobId: number
  /** 0, 1, ... in the batch */
  position: number
  /** usually a path */
  input: string
  status: JobItemStatus
  /** usually the path that was written */
  output: string | null
  error: { code: ErrorCode; message: string } | null
}

export type JobItemCounts = Record<JobItemStatus, number>

export type JobItemEnding =
  | { status: 'done'; output: string | null }
  | { status: 'skipped'; output: string | null }
  | { status: 'failed'; error: AppError }

interface JobItemRow extends Omit<JobItem, 'error'> {
  errorCode: ErrorCode | null
  errorMessage: string | null
}

function itemOf({ errorCode, errorMessage, ...row }: JobItemRow): JobItem {
  return { ...row, error: errorCode === null ? null : { code: errorCode, message: errorMessage ?? '' } }
}

/** The table `jobItems`: the parts of a batch, each with its own outcome, so that it can go on where it stopped. */
export class JobItems {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  add(jobId: number, inputs: readonly string[]): void {
    const sql = `INSERT INTO jobItems (jobId, position, input, status) VALUES (?, ?, ?, 'waiting')`
    this.#db.atomically(() => {
      inputs.forEach((input, position) => {
        this.#db.run(sql, jobId, position, input)
      })
    })
  }

  /** In order; of one status where it is named. */
  list(jobId: number, status?: JobItemStatus): JobItem[] {
    const sql =
      'SELECT * FROM jobItems WHERE jobId = @jobId AND (@status IS NULL OR status = @status) ORDER BY position'
    return this.#db.all<JobItemRow>(sql, { jobId, status: status ?? null }).map(itemOf)
  }

  /** Those that failed first, then in order: `limit` of them from `offset` on, and how many there are. */
  page(jobId: number, { offset, limit }: { offset: number; limit: number }) {
    const count = 'SELECT count(*) AS count FROM seenItems WHERE jobId = ?'
    const sql = `SELECT * FROM seenItems WHERE jobId = @jobId ORDER BY status = 'failed' DESC, position
      LIMIT @limit OFFSET @offset`
    return {
      count: this.#db.one<{ count: number }>(count, jobId)!.count,
      items: this.#db.all<JobItemRow>(sql, { jobId, offset, limit }).map(itemOf),
    }
  }

  get(jobId: number, position: number): JobItem {
    const sql = 'SELECT * FROM jobItems WHERE jobId = ? AND position = ?'
    const row = this.#db.one<JobItemRow>(sql, jobId, position)
    if (!row) throw new AppError('not-found', `job ${jobId} has no item ${position}`)
    return itemOf(row)
  }

  /** Whether an item of a job other than this one wrote the path. */
  isOutputOfOther(jobId: number, path: string): boolean {
    const sql = 'SELECT 1 FROM jobItems WHERE output = ? AND jobId <> ? LIMIT 1'
    return this.#db.one(sql, path, jobId) !== undefined
  }

  counts(jobId: number): JobItemCounts {
    const counts: JobItemCounts = { waiting: 0, done: 0, skipped: 0, failed: 0 }
    const sql = 'SELECT status, count(*) AS count FROM jobItems WHERE jobId = ? GROUP BY status'
    for (const row of this.#db.all<{ status: JobItemStatus; count: number }>(sql, jobId))
      counts[row.status] = row.count
    return counts
  }

  end(jobId: number, position: number, ending: JobItemEnding): void {
    const sql = `UPDATE jobItems SET status = ?, output = ?, errorCode = ?, errorMessage = ?
      WHERE jobId = ? AND position = ?`
    const output = ending.status === 'failed' ? null : ending.output
    const error = ending.status === 'failed' ? ending.error : undefined
    this.#db.run(sql, ending.status, output, error?.code ?? null, error?.message ?? null, jobId, position)
  }

  retryFailed(jobId: number): number {
    const sql = `UPDATE jobItems SET status = 'waiting', errorCode = NULL, errorMessage = NULL
      WHERE jobId = ? AND status = 'failed'`
    return this.#db.run(sql, jobId).changes
  }
}
