import type { Database } from './database.ts'
import { type Image, type ImageRow, imageOf } from './image.ts'

export type ImageOrder = 'imported' | 'taken' | 'name'

/** Where a page ended: the last image's place in the order. */
export interface Cursor {
  value: number | string
  id: number
}

export interface PageRequest {
  order?: ImageOrder
  /** newest, or last, first */
  descending?: boolean
  after?: Cursor | undefined
  limit?: number
}

export interface ImagePage {
  images: Image[]
  /** undefined at the end */
  next: Cursor | undefined
}

const columnOf: Record<ImageOrder, 'id' | 'takenAtMs' | 'name'> = {
  imported: 'id',
  taken: 'takenAtMs',
  name: 'name',
}

/** Listing and search over `images`. */
export class Browse {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /**
   * One page, continued from where the last one ended rather than from a count of rows: every page costs the
   * same, and rows that come or go between two pages neither repeat nor hide others.
   */
  page({ order = 'imported', descending = false, after, limit = 100 }: PageRequest = {}): ImagePage {
    const column = columnOf[order]
    const direction = descending ? 'DESC' : 'ASC'
    const where = after ? `WHERE (seen.${column}, seen.id) ${descending ? '<' : '>'} (@value, @id)` : ''
    const sql = `SELECT * FROM seen ${where}
      ORDER BY seen.${column} ${direction}, seen.id ${direction} LIMIT @limit`
    const images = this.#db.all<ImageRow>(sql, { ...after, limit: limit + 1 }).map(imageOf)
    const hasMore = images.length > limit
    if (hasMore) images.pop()
    const last = images.at(-1)
    return { images, next: hasMore && last ? { value: last[column], id: last.id } : undefined }
  }

  /**
   * Images with a location whose path holds every word of the text somewhere, ignoring case and accents;
   * the latest first. Words of three characters and more go through the trigram index.
   */
  search(text: string, limit = 100): Image[] {
    const words = text.split(/\s+/).filter((word) => word !== '')
    const long = words.filter((word) => [...word].length >= 3)
    const short = words.filter((word) => [...word].length < 3)
    const match = long.map((word) => `"${word.replaceAll('"', '""')}"`).join(' AND ')
    const likes = short.map((word) => `%${word.replace(/[\\%_]/g, '\\$&')}%`)
    const found = this.#locations(match, likes, limit)
    return found.map((id) => imageOf(this.#db.one<ImageRow>('SELECT * FROM seen WHERE id = ?', id)!))
  }

  /** Ids of images, each once though several of its paths may match. */
  #locations(match: string, likes: readonly string[], limit: number): number[] {
    const conditions = [
      ...(match ? ['paths MATCH ?'] : []),
      ...likes.map(() => "seenLocations.path LIKE ? ESCAPE '\\'"),
    ]
    const from = match ? 'paths CROSS JOIN seenLocations ON seenLocations.id = paths.rowid' : 'seenLocations'
    const order = match ? 'paths.rowid' : 'seenLocations.id'
    const sql = `SELECT imageId FROM ${from} ${conditions.length ? `WHERE ${conditions.join(' AND ')}` : ''}
      ORDER BY ${order} DESC`
    return this.#db.firstDistinct(sql, limit, ...(match ? [match] : []), ...likes)
  }
}
