import { basename, resolve } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import type { Database } from './database.ts'
import { type AddedImage, type Image, type ImageRow, imageOf, type Location, type NewImage } from './image.ts'

/** How many rows one transaction takes: few enough that other processes wait for milliseconds only. */
const rowsPerTransaction = 500

/** The table `images` and the files its rows were found in (`locations`). Listing and search: browse.ts. */
export class Images {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  add(image: NewImage): AddedImage {
    return this.#db.atomically(() => this.#add(image))
  }

  /** One outcome per image, in order; every 500 are committed together. */
  addMany(images: readonly NewImage[]): AddedImage[] {
    const added: AddedImage[] = []
    for (let start = 0; start < images.length; start += rowsPerTransaction) {
      const batch = images.slice(start, start + rowsPerTransaction)
      added.push(...this.#db.atomically(() => batch.map((image) => this.#add(image))))
    }
    return added
  }

  byId(id: number): Image | undefined {
    return this.#one('id = ?', id)
  }

  byHash(sha256: string): Image | undefined {
    return this.#one('sha256 = ?', sha256)
  }

  byPath(path: string): Image | undefined {
    return this.#one('id = (SELECT imageId FROM locations WHERE path = ?)', resolve(path))
  }

  /** The image at a path whose size and time still match, so that its bytes need not be hashed again. */
  unchanged(path: string, bytes: number, mtimeMs: number): Image | undefined {
    const sql = 'bytes = ? AND id = (SELECT imageId FROM locations WHERE path = ? AND mtimeMs = ?)'
    return this.#one(sql, bytes, resolve(path), Math.round(mtimeMs))
  }

  /** Every file with this content that is seen, oldest first. */
  locations(id: number): Location[] {
    return this.#db.all('SELECT path, mtimeMs FROM seenLocations WHERE imageId = ? ORDER BY id', id)
  }

  /** Images found in more than one file. */
  duplicates(): Image[] {
    const sql = `SELECT * FROM seen WHERE id IN
      (SELECT imageId FROM seenLocations GROUP BY imageId HAVING count(*) > 1) ORDER BY id`
    return this.#db.all<ImageRow>(sql).map(imageOf)
  }

  count(): number {
    return this.#db.one<{ count: number }>('SELECT count(*) AS count FROM seen')!.count
  }

  /** The file was renamed or moved. Throws not-found, and conflict where the new path is catalogued already. */
  move(from: string, to: string): void {
    this.#db.atomically(() => {
      const sql = 'UPDATE locations SET path = ? WHERE path = ? RETURNING imageId'
      const moved = this.#db.one<{ imageId: number }>(sql, resolve(to), resolve(from))
      if (!moved) throw new AppError('not-found', `the catalog has no image at ${from}`)
      this.#rename(moved.imageId)
    })
  }

  /** Drops one location, and the image with its last one. Files on disk stay. False where it was not there. */
  forget(path: string): boolean {
    return this.#db.atomically(() => {
      const sql = 'DELETE FROM locations WHERE path = ? RETURNING imageId'
      const forgotten = this.#db.one<{ imageId: number }>(sql, resolve(path))
      if (forgotten && this.#firstPath(forgotten.imageId) === undefined) this.remove(forgotten.imageId)
      else if (forgotten) this.#rename(forgotten.imageId)
      return forgotten !== undefined
    })
  }

  /** The image of the same scene without noise, where one is known. */
  referenceOf(id: number): number | null {
    const sql = 'SELECT referenceId AS id FROM imageReferences WHERE imageId = ?'
    return this.#db.one<{ id: number }>(sql, id)?.id ?? null
  }

  /** Throws not-found, and bad-input where the sizes differ or it is the image itself. */
  setReference(id: number, reference: number | null): void {
    this.#db.atomically(() => {
      this.#db.run('DELETE FROM imageReferences WHERE imageId = ?', id)
      if (reference === null) return
      const [image, clean] = [id, reference].map((each) => {
        const found = this.byId(each)
        if (!found) throw new AppError('not-found', `the catalog has no image ${each}`)
        return found
      })
      const size = ({ width, height, channels }: Image) => `${width} x ${height} x ${channels}`
      if (id === reference || size(image) !== size(clean)) {
        throw new AppError(
          'bad-input',
          `a reference is another image of the same size: ${image.name} has ${size(image)}, ${clean.name} ${size(clean)}`,
        )
      }
      this.#db.run('INSERT INTO imageReferences (imageId, referenceId) VALUES (?, ?)', id, reference)
    })
  }

  /** Drops the image, its locations and its place in datasets. Files on disk stay. */
  remove(id: number): boolean {
    return this.#db.run('DELETE FROM images WHERE id = ?', id).changes > 0
  }

  #add(image: NewImage): AddedImage {
    const path = resolve(image.path)
    const mtimeMs = Math.round(image.mtimeMs)
    const idOf = (sql: string, value: string) => this.#db.one<{ id: number }>(sql, value)?.id
    const before = idOf('SELECT imageId AS id FROM locations WHERE path = ?', path)
    const same = idOf('SELECT id FROM images WHERE sha256 = ?', image.sha256)
    const id = same ?? this.#insert(image, path, mtimeMs)
    if (before === undefined) {
      this.#db.run('INSERT INTO locations (imageId, path, mtimeMs) VALUES (?, ?, ?)', id, path, mtimeMs)
      return { id, outcome: same === undefined ? 'added' : 'duplicate' }
    }
    this.#db.run('UPDATE locations SET imageId = ?, mtimeMs = ? WHERE path = ?', id, mtimeMs, path)
    if (before === id) return { id, outcome: 'known' }
    if (this.#firstPath(before) === undefined) this.#replace(before, id)
    return { id, outcome: 'changed' }
  }

  #insert(image: NewImage, path: string, mtimeMs: number): number {
    const sql = `INSERT INTO images (sha256, name, bytes, width, height, format, bitDepth, channels, hasAlpha,
        takenAtMs, importedAtMs, exif)
      VALUES (@sha256, @name, @bytes, @width, @height, @format, @bitDepth, @channels, @hasAlpha,
        @takenAtMs, @importedAtMs, @exif)`
    return this.#db.run(sql, {
      ...image,
      name: basename(path),
      hasAlpha: image.hasAlpha ? 1 : 0,
      takenAtMs: Math.round(image.exif.takenAtMs ?? mtimeMs),
      importedAtMs: Date.now(),
      exif: JSON.stringify(image.exif),
    }).id
  }

  /** A file was edited in place: the new content takes over the old one's datasets, and its side of the split. */
  #replace(old: number, id: number): void {
    this.#db.run('UPDATE OR IGNORE datasetImages SET imageId = ? WHERE imageId = ?', id, old)
    this.remove(old)
  }

  #rename(id: number): void {
    const path = this.#firstPath(id)
    if (path) this.#db.run('UPDATE images SET name = ? WHERE id = ?', basename(path), id)
  }

  /** Of all its files, seen or not. */
  #firstPath(id: number): string | undefined {
    const sql = 'SELECT path FROM locations WHERE imageId = ? ORDER BY id LIMIT 1'
    return this.#db.one<{ path: string }>(sql, id)?.path
  }

  #one(where: string, ...values: unknown[]): Image | undefined {
    const row = this.#db.one<ImageRow>(`SELECT * FROM seen WHERE ${where}`, ...values)
    return row && imageOf(row)
  }
}
