import { AppError } from '../../shared/errors.ts'
import type { Database } from './database.ts'
import type { Json } from './json.ts'

export interface NewModel {
  /** names the model for people and on the command line; its weights never change */
  id: string
  /** of weights.safetensors, lower-case hex: what files and codes refer to */
  sha256: string
  /** 'denoise', 'compress', ... */
  task: string
  architecture: string
  folder: string
  /** card.json as it is */
  card: Json
  isBundled?: boolean
  /** the model it was trained on from */
  parentId?: string
}

export interface Model extends Required<Omit<NewModel, 'parentId'>> {
  parentId: string | null
  addedAtMs: number
}

type ModelRow = Omit<Model, 'card' | 'isBundled'> & { card: string; isBundled: number }

function modelOf(row: ModelRow): Model {
  return { ...row, card: JSON.parse(row.card) as Json, isBundled: row.isBundled === 1 }
}

/** The table `models`: what models this machine has and where. */
export class Models {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /**
   * Adds the model; where it is there already, takes the new folder and card.
   * Throws conflict when the id has other weights.
   */
  add(model: NewModel): Model {
    return this.#db.atomically(() => {
      const known = this.byId(model.id)
      if (known && known.sha256 !== model.sha256) {
        throw new AppError(
          'conflict',
          `model ${model.id} has weights ${known.sha256.slice(0, 12)}, the new ones are ` +
            `${model.sha256.slice(0, 12)}; give the new ones another id, or remove the old model first`,
        )
      }
      const sql = `INSERT INTO models
          (id, sha256, task, architecture, folder, card, isBundled, parentId, addedAtMs)
        VALUES (@id, @sha256, @task, @architecture, @folder, @card, @isBundled, @parentId, @addedAtMs)
        ON CONFLICT (id) DO UPDATE SET
          task = excluded.task, architecture = excluded.architecture, folder = excluded.folder,
          card = excluded.card, isBundled = excluded.isBundled, parentId = excluded.parentId`
      this.#db.run(sql, {
        ...model,
        card: JSON.stringify(model.card),
        isBundled: model.isBundled ? 1 : 0,
        parentId: model.parentId ?? null,
        addedAtMs: Date.now(),
      })
      return this.byId(model.id)!
    })
  }

  byId(id: string): Model | undefined {
    const row = this.#db.one<ModelRow>('SELECT * FROM models WHERE id = ?', id)
    return row && modelOf(row)
  }

  /** Two ids may share weights; the first one added is meant. */
  byHash(sha256: string): Model | undefined {
    const sql = 'SELECT * FROM models WHERE sha256 = ? ORDER BY addedAtMs, rowid LIMIT 1'
    const row = this.#db.one<ModelRow>(sql, sha256)
    return row && modelOf(row)
  }

  /** The first bytes of the hash, as files carry them, in hex. Undefined where two models begin alike, too. */
  byHashPrefix(prefix: string): Model | undefined {
    const sql =
      'SELECT * FROM models WHERE substr(sha256, 1, length(@prefix)) = @prefix ORDER BY addedAtMs, rowid'
    const rows = this.#db.all<ModelRow>(sql, { prefix })
    const [first] = rows
    return first && rows.every(({ sha256 }) => sha256 === first.sha256) ? modelOf(first) : undefined
  }

  /** By id; of one task where it is named. */
  list(task?: string): Model[] {
    const sql = 'SELECT * FROM models WHERE @task IS NULL OR task = @task ORDER BY id'
    return this.#db.all<ModelRow>(sql, { task: task ?? null }).map(modelOf)
  }

  /** The model's folder stays. */
  remove(id: string): boolean {
    return this.#db.run('DELETE FROM models WHERE id = ?', id).changes > 0
  }
}
