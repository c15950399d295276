import type { Database } from './database.ts'

export interface Metric {
  name: string
  step: number
  /** may be NaN or infinite: a loss that ran away is worth seeing */
  value: number
}

export type Point = Omit<Metric, 'name'>

/** The table `runMetrics`, ordered by run, name and step, so that one curve is one stretch of it. */
export class RunMetrics {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /** In one transaction; a step that is there already (a resumed run does some again) takes the new value. */
  add(runId: string, metrics: readonly Metric[]): void {
    const sql = 'INSERT OR REPLACE INTO runMetrics (runId, name, step, value) VALUES (?, ?, ?, ?)'
    this.#db.atomically(() => {
      for (const { name, step, value } of metrics) this.#db.run(sql, runId, name, step, value)
    })
  }

  /** One curve, in order of steps, after the given one. */
  series(runId: string, name: string, afterStep = -1): Point[] {
    const sql = 'SELECT step, value FROM runMetrics WHERE runId = ? AND name = ? AND step > ? ORDER BY step'
    return this.#db.all<{ step: number; value: number | null }>(sql, runId, name, afterStep).map(withNaN)
  }

  /** The value at the last step of each name. */
  last(runId: string): Metric[] {
    const sql =
      'SELECT name, max(step) AS step, value FROM runMetrics WHERE runId = ? GROUP BY name ORDER BY name'
    return this.#db.all<{ name: string; step: number; value: number | null }>(sql, runId).map(withNaN)
  }

  /** Forgets what came after the checkpoint that a run resumes from. */
  removeAfter(runId: string, step: number): number {
    return this.#db.run('DELETE FROM runMetrics WHERE runId = ? AND step > ?', runId, step).changes
  }
}

function withNaN<Row extends { value: number | null }>(row: Row): Row & { value: number } {
  return { ...row, value: row.value ?? Number.NaN }
}
