import type { Database } from './database.ts'

type Row = Record<string, unknown>
/** Rows as they were, table by table, those that others refer to first. */
export type TakenRows = readonly { readonly table: string; readonly rows: readonly Row[] }[]

/** Takes rows out so that they can be put back as they were: what undo stands on. Files on disk stay. */
export class Bin {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /** Images that are seen, with their locations and their places in datasets. */
  takeImages(ids: readonly number[]): TakenRows {
    const sql = 'SELECT id FROM seen WHERE id IN (SELECT value FROM json_each(?))'
    return this.#take('images', 'id', this.#db.column<number>(sql, JSON.stringify(ids)), [
      ['locations', 'imageId'],
      ['datasetImages', 'imageId'],
      ['imageReferences', 'imageId'],
      ['imageReferences', 'referenceId'],
    ])
  }

  takeDataset(id: number): TakenRows {
    return this.#take('datasets', 'id', [id], [['datasetImages', 'datasetId']])
  }

  /** Places in one dataset; the images stay. */
  takeFromDataset(id: number, imageIds: readonly number[]): TakenRows {
    const which = 'datasetId = ? AND imageId IN (SELECT value FROM json_each(?))'
    const values = [id, JSON.stringify(imageIds)]
    return this.#db.atomically(() => {
      const rows = this.#db.all<Row>(`SELECT * FROM datasetImages WHERE ${which}`, ...values)
      this.#db.run(`DELETE FROM datasetImages WHERE ${which}`, ...values)
      return [{ table: 'datasetImages', rows }]
    })
  }

  /** Jobs with their items; running ones stay. */
  takeJobs(ids: readonly number[]): TakenRows {
    const resting = this.#db.column<number>(
      `SELECT id FROM jobs WHERE status <> 'running' AND id IN (SELECT value FROM json_each(?))`,
      JSON.stringify(ids),
    )
    return this.#take('jobs', 'id', resting, [['jobItems', 'jobId']])
  }

  /** Rows whose place was taken meanwhile are left out. */
  putBack(taken: TakenRows): void {
    this.#db.atomically(() => {
      for (const { table, rows } of taken) {
        for (const row of rows) {
          const names = Object.keys(row)
          const holes = names.map(() => '?').join(', ')
          const sql = `INSERT OR IGNORE INTO ${table} (${names.join(', ')}) SELECT ${holes}`
          this.#db.run(`${sql} ${this.#parentsThere(table)}`, ...Object.values(row), ...parentsOf(table, row))
        }
      }
    })
  }

  /** IGNORE does not cover foreign keys: a row whose parent is gone for good is left out by a condition. */
  #parentsThere(table: string): string {
    const parents = parentColumns[table] ?? []
    if (parents.length === 0) return ''
    return `WHERE ${parents.map(([, parent]) => `EXISTS (SELECT 1 FROM ${parent} WHERE id = ?)`).join(' AND ')}`
  }

  #take(
    table: string,
    key: string,
    ids: readonly number[],
    children: readonly (readonly [string, string])[],
  ): TakenRows {
    const list = JSON.stringify(ids)
    const rowsOf = (name: string, column: string) => ({
      table: name,
      rows: this.#db.all<Row>(
        `SELECT * FROM ${name} WHERE ${column} IN (SELECT value FROM json_each(?))`,
        list,
      ),
    })
    return this.#db.atomically(() => {
      const taken = [rowsOf(table, key), ...children.map(([name, column]) => rowsOf(name, column))]
      this.#db.run(`DELETE FROM ${table} WHERE ${key} IN (SELECT value FROM json_each(?))`, list)
      return taken
    })
  }
}

const parentColumns: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  locations: [['imageId', 'images']],
  datasetImages: [
    ['datasetId', 'datasets'],
    ['imageId', 'images'],
  ],
  imageReferences: [
    ['imageId', 'images'],
    ['referenceId', 'images'],
  ],
  jobItems: [['jobId', 'jobs']],
}

function parentsOf(table: string, row: Row): unknown[] {
  return (parentColumns[table] ?? []).map(([column]) => row[column])
}
