import { AppError } from '../../shared/errors.ts'
import type { Database } from './database.ts'

export interface Latent {
  /** e.g. [height, width, channels] */
  shape: readonly number[]
  /** as many values as the shape says */
  data: Float32Array
}

/** What a model made of an image: its latent, its compressed file, or both. */
export interface NewCode {
  imageSha256: string
  modelSha256: string
  /** where the model has one; each quality is a code of its own */
  quality?: number | null
  latent?: Latent | null
  /** of the compressed file */
  bytes?: number | null
  bitsPerPixel?: number | null
  /** of the decoded image against the original */
  psnrDb?: number | null
  path?: string | null
  fileSha256?: string | null
}

export interface Code extends Required<Omit<NewCode, 'latent'>> {
  id: number
  createdAtMs: number
  /** of the latent, where there is one */
  shape: number[] | null
}

type CodeRow = Omit<Code, 'shape'> & { shape: string | null }

const columns = `id, imageSha256, modelSha256, quality, bytes, bitsPerPixel, psnrDb, path, fileSha256, createdAtMs, shape`

function codeOf(row: CodeRow): Code {
  return { ...row, shape: row.shape === null ? null : (JSON.parse(row.shape) as number[]) }
}

/**
 * The table `codes`, by hashes of image and weights rather than by ids: a code stays true when files move,
 * models are renamed, or an image is imported again. Latents are stored as little-endian float32.
 */
export class Codes {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /** Adds the code or replaces the one of the same image, model and quality. Throws bad-input for a wrong shape. */
  put(code: NewCode): Code {
    const { latent = null } = code
    const count = latent?.shape.reduce((product, size) => product * size, 1)
    if (latent && count !== latent.data.length) {
      throw new AppError(
        'bad-input',
        `a latent of shape ${latent.shape} has ${count} values, not ${latent.data.length}`,
      )
    }
    const sql = `INSERT OR REPLACE INTO codes
        (imageSha256, modelSha256, quality, bytes, bitsPerPixel, psnrDb, path, fileSha256, createdAtMs, shape, latent)
      VALUES (@imageSha256, @modelSha256, @quality, @bytes, @bitsPerPixel, @psnrDb, @path, @fileSha256,
        @createdAtMs, @shape, @latent) RETURNING ${columns}`
    const nothing = {
      quality: null,
      bytes: null,
      bitsPerPixel: null,
      psnrDb: null,
      path: null,
      fileSha256: null,
    }
    const row = this.#db.one<CodeRow>(sql, {
      ...nothing,
      ...code,
      createdAtMs: Date.now(),
      shape: latent && JSON.stringify(latent.shape),
      latent: latent && Buffer.from(latent.data.buffer, latent.data.byteOffset, latent.data.byteLength),
    })
    return codeOf(row!)
  }

  /** Many in one transaction. */
  putMany(codes: readonly NewCode[]): Code[] {
    return this.#db.atomically(() => codes.map((code) => this.put(code)))
  }

  find(imageSha256: string, modelSha256: string, quality: number | null = null): Code | undefined {
    const sql = `SELECT ${columns} FROM codes
      WHERE imageSha256 = ? AND modelSha256 = ? AND ifnull(quality, -1) = ifnull(?, -1)`
    const row = this.#db.one<CodeRow>(sql, imageSha256, modelSha256, quality)
    return row && codeOf(row)
  }

  /** Undefined where the code has none. */
  latent(id: number): Latent | undefined {
    const sql = 'SELECT shape, latent FROM codes WHERE id = ? AND latent IS NOT NULL'
    const row = this.#db.one<{ shape: string; latent: Buffer }>(sql, id)
    // a copy: a Buffer may be a slice of a larger one that does not begin at a multiple of four
    return (
      row && {
        shape: JSON.parse(row.shape) as number[],
        data: new Float32Array(new Uint8Array(row.latent).buffer),
      }
    )
  }

  /** Of one image: all models and qualities. */
  ofImage(imageSha256: string): Code[] {
    const sql = `SELECT ${columns} FROM codes WHERE imageSha256 = ? ORDER BY modelSha256, quality`
    return this.#db.all<CodeRow>(sql, imageSha256).map(codeOf)
  }

  /** Of one model, in order of id; `after` is the last id of the page before. */
  ofModel(modelSha256: string, { after = 0, limit = -1 } = {}): Code[] {
    const sql = `SELECT ${columns} FROM codes WHERE modelSha256 = ? AND id > ? ORDER BY id LIMIT ?`
    return this.#db.all<CodeRow>(sql, modelSha256, after, limit).map(codeOf)
  }

  /** Compressed files stay on disk. */
  removeOfModel(modelSha256: string): number {
    return this.#db.run('DELETE FROM codes WHERE modelSha256 = ?', modelSha256).changes
  }

  removeOfImage(imageSha256: string): number {
    return this.#db.run('DELETE FROM codes WHERE imageSha256 = ?', imageSha256).changes
  }
}
