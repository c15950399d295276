import { AppError } from '../../shared/errors.ts'
import type { Database } from './database.ts'
import {
  type Job,
  type JobEnding,
  type JobProgress,
  type JobRow,
  type JobStatus,
  type JobWish,
  jobColumns,
  jobOf,
  type NewJob,
} from './job.ts'
import { JobItems } from './jobItems.ts'
import type { Owners } from './owners.ts'

/**
 * The table `jobs`: the persisted queue.
 *
 *   queued -> running -> done | failed | cancelled | paused | interrupted -> queued ...
 *
 * A running job belongs to one process; when that dies, the next one to look makes the job interrupted.
 */
export class Jobs {
  readonly items: JobItems
  readonly #db: Database
  readonly #owners: Owners

  constructor(db: Database, owners: Owners) {
    this.#db = db
    this.#owners = owners
    this.items = new JobItems(db)
  }

  add({ kind, input, priority = 0, items = [] }: NewJob): Job {
    return this.#db.atomically(() => {
      const sql = `INSERT INTO jobs (kind, input, status, priority, total, createdAtMs)
        VALUES (?, ?, 'queued', ?, ?, ?)`
      const { id } = this.#db.run(sql, kind, JSON.stringify(input), priority, items.length, Date.now())
      this.items.add(id, items)
      return this.get(id)
    })
  }

  byId(id: number): Job | undefined {
    const row = this.#db.one<JobRow>(`SELECT ${jobColumns} FROM jobs WHERE id = ?`, id)
    return row && jobOf(row)
  }

  /** Throws not-found. */
  get(id: number): Job {
    const job = this.byId(id)
    if (!job) throw new AppError('not-found', `the catalog has no job ${id}`)
    return job
  }

  /** The latest first. */
  list(request: { status?: JobStatus; limit?: number } = {}): Job[] {
    const sql = `SELECT ${jobColumns} FROM jobs WHERE @status IS NULL OR status = @status ORDER BY id DESC LIMIT @limit`
    const { status = null, limit = -1 } = request
    return this.#db.all<JobRow>(sql, { status, limit }).map(jobOf)
  }

  /** How far the latest are, without what they are about: that can be long. */
  states(limit: number): Pick<Job, 'id' | 'status' | 'done' | 'total'>[] {
    return this.#db.all('SELECT id, status, done, total FROM jobs ORDER BY id DESC LIMIT ?', limit)
  }

  /** Takes the first queued job of the named kinds for this process; no other process gets the same one. */
  claimNext(kinds: readonly string[]): Job | undefined {
    return this.#db.atomically(() => {
      const sql = `SELECT id FROM jobs WHERE status = 'queued' AND kind IN (SELECT value FROM json_each(?))
        ORDER BY priority DESC, id LIMIT 1`
      const next = this.#db.one<{ id: number }>(sql, JSON.stringify(kinds))
      return next && this.claim(next.id)
    })
  }

  /** Takes this very job. Throws not-found, and conflict where it is not queued. */
  claim(id: number): Job {
    return this.#db.atomically(() => {
      const sql = `UPDATE jobs SET status = 'running', owner = ?, attempts = attempts + 1,
          startedAtMs = ?, endedAtMs = NULL, errorCode = NULL, errorMessage = NULL, result = NULL
        WHERE id = ? AND status = 'queued'`
      const { changes } = this.#db.run(sql, this.#owners.token(), Date.now(), id)
      const job = this.get(id)
      if (changes === 0) throw new AppError('conflict', `job ${id} is ${job.status}, not queued`)
      return job
    })
  }

  /** Stores progress where there is some; tells what is wished, or 'lost' where the job is no longer ours. */
  report(id: number, progress: JobProgress | undefined): JobWish | 'lost' | undefined {
    const owned = `id = @id AND status = 'running' AND owner = @owner`
    const owner = this.#owners.token()
    if (progress) {
      const { done, total, message = '' } = progress
      const share = total > 0 ? Math.min(1, Math.max(0, done / total)) : 0
      const sql = `UPDATE jobs SET done = @done, total = @total, progress = @share, message = @message WHERE ${owned}`
      this.#db.run(sql, { id, owner, done, total, share, message })
    }
    const row = this.#db.one<{ wish: JobWish | null }>(`SELECT wish FROM jobs WHERE ${owned}`, { id, owner })
    return row ? (row.wish ?? undefined) : 'lost'
  }

  /** Writes how a job of this process ended; where it is no longer ours, leaves it. */
  end(id: number, ending: JobEnding): Job {
    const sql = `UPDATE jobs SET status = @status, result = @result, errorCode = @errorCode,
        errorMessage = @errorMessage, progress = CASE @status WHEN 'done' THEN 1 ELSE progress END,
        owner = NULL, wish = NULL, endedAtMs = @now
      WHERE id = @id AND status = 'running' AND owner = @owner`
    this.#db.run(sql, {
      id,
      status: ending.status,
      result: ending.status === 'done' ? JSON.stringify(ending.result) : null,
      errorCode: ending.status === 'failed' ? ending.error.code : null,
      errorMessage: ending.status === 'failed' ? ending.error.message : null,
      owner: this.#owners.token(),
      now: Date.now(),
    })
    return this.get(id)
  }

  /**
   * Asks for a job to stop, from any process: one that waits stops at once, one that runs is told by its
   * runner within a quarter of a second, one that has ended stays as it is. Throws not-found.
   */
  wish(id: number, wish: JobWish): Job {
    return this.#db.atomically(() => {
      const waiting = wish === 'cancel' ? `('queued', 'paused', 'interrupted')` : `('queued')`
      const sql = `UPDATE jobs SET status = ?, endedAtMs = ? WHERE id = ? AND status IN ${waiting}`
      this.#db.run(sql, wish === 'cancel' ? 'cancelled' : 'paused', Date.now(), id)
      this.#db.run(`UPDATE jobs SET wish = ? WHERE id = ? AND status = 'running'`, wish, id)
      return this.get(id)
    })
  }

  /**
   * Resume or retry: queues a job that stopped or ended. Items that are done stay done, failed ones wait
   * again. Throws not-found, and conflict where it is queued or running.
   */
  requeue(id: number): Job {
    return this.#db.atomically(() => {
      const sql = `UPDATE jobs SET status = 'queued', errorCode = NULL, errorMessage = NULL, endedAtMs = NULL
        WHERE id = ? AND status NOT IN ('queued', 'running')`
      const { changes } = this.#db.run(sql, id)
      const job = this.get(id)
      if (changes === 0) throw new AppError('conflict', `job ${id} is ${job.status} already`)
      this.items.retryFailed(id)
      return job
    })
  }

  /** With its items. Throws conflict while it is running. */
  remove(id: number): boolean {
    const removed = this.#db.run(`DELETE FROM jobs WHERE id = ? AND status <> 'running'`, id).changes > 0
    if (!removed && this.byId(id)) throw new AppError('conflict', `job ${id} is running; cancel it first`)
    return removed
  }

  /** Running jobs of processes that are not among the living become interrupted. */
  interruptAbandoned(alive: readonly string[]): number {
    const sql = `UPDATE jobs SET status = 'interrupted', owner = NULL, wish = NULL, endedAtMs = ?
      WHERE status = 'running' AND owner NOT IN (SELECT value FROM json_each(?))`
    return this.#db.run(sql, Date.now(), JSON.stringify(alive)).changes
  }
}
