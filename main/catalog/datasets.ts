import { createHash } from 'node:crypto'
import { AppError } from '../../shared/errors.ts'
import type { Database } from './database.ts'
import { type Image, type ImageRow, imageOf } from './image.ts'

export type Split = 'train' | 'validation'

export interface NewDataset {
  name: string
  /** part of the images kept for validation, [0, 1); 0.1 unless given */
  validationShare?: number
  /** another seed, another split; 0 unless given */
  seed?: number
}

export interface Dataset {
  id: number
  /** unique, ignoring case */
  name: string
  seed: number
  validationShare: number
  createdAtMs: number
  trainCount: number
  validationCount: number
}

/**
 * Which side an image is on: a hash of seed and content, so that it depends neither on the order of import
 * nor on what else is in the dataset, and adding images never moves one from one side to the other.
 */
export function splitOf(sha256: string, seed: number, validationShare: number): Split {
  const hash = createHash('sha256').update(`${seed}:${sha256}`).digest()
  return hash.readUIntBE(0, 6) / 2 ** 48 < validationShare ? 'validation' : 'train'
}

const columns = `datasets.*,
  (SELECT count(*) FROM seenMembers WHERE datasetId = datasets.id AND split = 'train') AS trainCount,
  (SELECT count(*) FROM seenMembers WHERE datasetId = datasets.id AND split = 'validation') AS validationCount`

/** Named collections of images: the tables `datasets` and `datasetImages`. */
export class Datasets {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /** Throws conflict where the name is taken, bad-input for an empty name or a share outside [0, 1). */
  create({ name, validationShare = 0.1, seed = 0 }: NewDataset): Dataset {
    if (this.byName(name)) throw new AppError('conflict', `there is a dataset named ${name} already`)
    const sql = 'INSERT INTO datasets (name, seed, validationShare, createdAtMs) VALUES (?, ?, ?, ?)'
    return this.byId(this.#db.run(sql, name, seed, validationShare, Date.now()).id)!
  }

  byId(id: number): Dataset | undefined {
    return this.#db.one<Dataset>(`SELECT ${columns} FROM datasets WHERE id = ?`, id)
  }

  byName(name: string): Dataset | undefined {
    return this.#db.one<Dataset>(`SELECT ${columns} FROM datasets WHERE name = ?`, name)
  }

  list(): Dataset[] {
    return this.#db.all<Dataset>(`SELECT ${columns} FROM datasets ORDER BY name`)
  }

  /** Throws not-found, and conflict where another dataset has the name. */
  rename(id: number, name: string): Dataset {
    const other = this.byName(name)
    if (other && other.id !== id) throw new AppError('conflict', `there is a dataset named ${name} already`)
    this.#db.run('UPDATE datasets SET name = ? WHERE id = ?', name, id)
    const renamed = this.byId(id)
    if (!renamed) throw new AppError('not-found', `the catalog has no dataset ${id}`)
    return renamed
  }

  /** Those that an image is in, by name. */
  ofImage(imageId: number): Dataset[] {
    const sql = `SELECT ${columns} FROM datasets JOIN datasetImages ON datasetId = datasets.id
      WHERE imageId = ? ORDER BY name`
    return this.#db.all<Dataset>(sql, imageId)
  }

  /** By content: the name of the first dataset that an image is in, in their order by name. */
  nameByHash(): Map<string, string> {
    const sql = `SELECT sha256, datasets.name AS name FROM datasetImages
      JOIN datasets ON datasets.id = datasetId JOIN images ON images.id = imageId ORDER BY datasets.name DESC`
    const rows = this.#db.all<{ sha256: string; name: string }>(sql)
    return new Map(rows.map(({ sha256, name }) => [sha256, name]))
  }

  /** How many were new in it; images that are in it already stay where they are. */
  addImages(id: number, imageIds: readonly number[]): number {
    const dataset = this.byId(id)
    if (!dataset) throw new AppError('not-found', `the catalog has no dataset ${id}`)
    return this.#db.atomically(() => imageIds.filter((imageId) => this.#addImage(dataset, imageId)).length)
  }

  removeImages(id: number, imageIds: readonly number[]): number {
    const sql = 'DELETE FROM datasetImages WHERE datasetId = ? AND imageId = ?'
    return this.#db.atomically(
      () => imageIds.filter((imageId) => this.#db.run(sql, id, imageId).changes > 0).length,
    )
  }

  /** In order of image id; `after` is the last id of the page before. All of them unless limited. */
  images(id: number, request: { split?: Split; after?: number; limit?: number } = {}): Image[] {
    const sql = `SELECT seen.* FROM datasetImages JOIN seen ON seen.id = imageId
      WHERE datasetId = @id AND imageId > @after AND (@split IS NULL OR split = @split)
      ORDER BY imageId LIMIT @limit`
    const { split = null, after = 0, limit = -1 } = request
    return this.#db.all<ImageRow>(sql, { id, split, after, limit }).map(imageOf)
  }

  /** The images stay in the catalog. */
  remove(id: number): boolean {
    return this.#db.run('DELETE FROM datasets WHERE id = ?', id).changes > 0
  }

  #addImage(dataset: Dataset, imageId: number): boolean {
    const image = this.#db.one<{ sha256: string }>('SELECT sha256 FROM seen WHERE id = ?', imageId)
    if (!image)
      throw new AppError('not-found', `the catalog has no image ${imageId} to put into ${dataset.name}`)
    const split = splitOf(image.sha256, dataset.seed, dataset.validationShare)
    const sql = 'INSERT OR IGNORE INTO datasetImages (datasetId, imageId, split) VALUES (?, ?, ?)'
    return this.#db.run(sql, dataset.id, imageId, split).changes > 0
  }
}
