import { AppError } from '../../shared/errors.ts'
import type { Database } from './database.ts'
import type { Json } from './json.ts'
import type { Owners } from './owners.ts'
import { RunMetrics } from './runMetrics.ts'

export type RunStatus = 'running' | 'paused' | 'finished' | 'interrupted' | 'failed'

export interface NewRun {
  /** names the run on the command line, and its folder */
  id: string
  modelId: string
  config: Json
  seed: number
  /** checkpoints and event files */
  folder: string
}

export interface Run extends NewRun {
  status: RunStatus
  bestStep: number | null
  /** the loss there */
  bestValidation: number | null
  /** why it failed */
  error: string | null
  startedAtMs: number
  endedAtMs: number | null
}

type RunRow = Omit<Run, 'config'> & { config: string }

const columns = `id, modelId, config, seed, folder, status, bestStep, bestValidation, error, startedAtMs, endedAtMs`

function runOf(row: RunRow): Run {
  return { ...row, config: JSON.parse(row.config) as Json }
}

/** The table `runs`: training runs. A running one belongs to the process that trains it. */
export class Runs {
  readonly metrics: RunMetrics
  readonly #db: Database
  readonly #owners: Owners

  constructor(db: Database, owners: Owners) {
    this.#db = db
    this.#owners = owners
    this.metrics = new RunMetrics(db)
  }

  /** Adds a run that starts now, in this process. Throws conflict where the id is taken. */
  start(run: NewRun): Run {
    return this.#db.atomically(() => {
      if (this.byId(run.id)) throw new AppError('conflict', `there is a run ${run.id} already`)
      const sql = `INSERT INTO runs (id, modelId, status, config, seed, folder, owner, startedAtMs)
        VALUES (@id, @modelId, 'running', @config, @seed, @folder, @owner, @now)`
      const owner = this.#owners.token()
      this.#db.run(sql, { ...run, config: JSON.stringify(run.config), owner, now: Date.now() })
      return this.byId(run.id)!
    })
  }

  /** Goes on with a run in this process. Throws not-found, and conflict where it is running. */
  resume(id: string): Run {
    return this.#db.atomically(() => {
      const sql = `UPDATE runs SET status = 'running', owner = ?, error = NULL, endedAtMs = NULL
        WHERE id = ? AND status <> 'running'`
      if (this.#db.run(sql, this.#owners.token(), id).changes === 0) {
        if (this.byId(id)) throw new AppError('conflict', `run ${id} is being trained already`)
        throw new AppError('not-found', `the catalog has no run ${id}`)
      }
      return this.byId(id)!
    })
  }

  /** Writes how a running run ended, with the reason where it failed. Throws not-found where it is not running. */
  end(id: string, status: Exclude<RunStatus, 'running'>, error: string | null = null): Run {
    const sql = `UPDATE runs SET status = ?, error = ?, owner = NULL, endedAtMs = ? WHERE id = ? AND status = 'running'`
    if (this.#db.run(sql, status, error, Date.now(), id).changes === 0) {
      throw new AppError('not-found', `the catalog has no running run ${id} to end as ${status}`)
    }
    return this.byId(id)!
  }

  setBest(id: string, step: number, validation: number): void {
    this.#db.run('UPDATE runs SET bestStep = ?, bestValidation = ? WHERE id = ?', step, validation, id)
  }

  byId(id: string): Run | undefined {
    const row = this.#db.one<RunRow>(`SELECT ${columns} FROM runs WHERE id = ?`, id)
    return row && runOf(row)
  }

  /** The latest first. */
  list(request: { status?: RunStatus; modelId?: string; limit?: number } = {}): Run[] {
    const { status = null, modelId = null, limit = -1 } = request
    const sql = `SELECT ${columns} FROM runs
      WHERE (@status IS NULL OR status = @status) AND (@modelId IS NULL OR modelId = @modelId)
      ORDER BY startedAtMs DESC, rowid DESC LIMIT @limit`
    return this.#db.all<RunRow>(sql, { status, modelId, limit }).map(runOf)
  }

  /** With its metrics; its folder stays. Throws conflict while it is running. */
  remove(id: string): boolean {
    const removed = this.#db.run(`DELETE FROM runs WHERE id = ? AND status <> 'running'`, id).changes > 0
    if (!removed && this.byId(id)) throw new AppError('conflict', `run ${id} is being trained; stop it first`)
    return removed
  }

  /** Running runs of processes that are not among the living become interrupted. */
  interruptAbandoned(alive: readonly string[]): number {
    const sql = `UPDATE runs SET status = 'interrupted', owner = NULL, endedAtMs = ?
      WHERE status = 'running' AND owner NOT IN (SELECT value FROM json_each(?))`
    return this.#db.run(sql, Date.now(), JSON.stringify(alive)).changes
  }
}
