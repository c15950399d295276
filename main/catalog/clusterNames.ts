import type { Database } from './database.ts'

/** A name that somebody gave to a group of a model's codes. */
export interface ClusterName {
  readonly id: number
  readonly name: string
  /** middle of the group when it was named */
  readonly centre: Float32Array
}

/** The table `clusterNames`: by the hash of the model's weights, since codes of others lie elsewhere. */
export class ClusterNames {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  ofModel(modelSha256: string): ClusterName[] {
    const sql = 'SELECT id, name, centre FROM clusterNames WHERE modelSha256 = ? ORDER BY id'
    return this.#db.all<{ id: number; name: string; centre: Buffer }>(sql, modelSha256).map((row) => ({
      ...row,
      // a copy: a Buffer may be a slice that does not begin at a multiple of four
      centre: new Float32Array(new Uint8Array(row.centre).buffer),
    }))
  }

  /** A new name, or another one for that of id `replaces`; an empty one takes it away. */
  put(modelSha256: string, centre: Float32Array, name: string, replaces: number | null): void {
    this.#db.atomically(() => {
      if (replaces !== null) this.#db.run('DELETE FROM clusterNames WHERE id = ?', replaces)
      if (name === '') return
      const bytes = Buffer.from(centre.buffer, centre.byteOffset, centre.byteLength)
      const sql = 'INSERT INTO clusterNames (modelSha256, name, centre, updatedAtMs) VALUES (?, ?, ?, ?)'
      this.#db.run(sql, modelSha256, name, bytes, Date.now())
    })
  }
}
