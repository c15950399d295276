import type { Database } from './database.ts'
import { type Image, type ImageRow, imageOf } from './image.ts'

/** Which images, in which order. All conditions hold at once. */
export interface ViewRequest {
  /** words of the path, all of them, ignoring case and accents */
  search: string
  formats: readonly string[]
  camera?: string | undefined
  isoFrom?: number | undefined
  isoTo?: number | undefined
  takenFromMs?: number | undefined
  takenToMs?: number | undefined
  /** id of a dataset */
  collection?: number | undefined
  order: 'imported' | 'taken' | 'name'
  descending: boolean
}

export interface Count {
  value: string
  count: number
}

const columnOf = { imported: 'id', taken: 'takenAtMs', name: 'name' } as const
/** Values that one statement may list: SQLite's own limit is 32,766. */
const rowsPerStatement = 500

/** Whole filtered views of the images that are seen, for a grid that jumps anywhere: their ids in order, and rows by id. */
export class Views {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  ids(request: ViewRequest): number[] {
    const { where, values } = conditionsOf(request)
    const direction = request.descending ? 'DESC' : 'ASC'
    const column = columnOf[request.order]
    return this.#db.column<number>(
      `SELECT seen.id FROM seen ${where} ORDER BY seen.${column} ${direction}, seen.id ${direction}`,
      values,
    )
  }

  count(request: ViewRequest): number {
    const { where, values } = conditionsOf(request)
    return this.#db.one<{ count: number }>(`SELECT count(*) AS count FROM seen ${where}`, values)!.count
  }

  /** In the order asked for; ids that are gone are left out. */
  rows(ids: readonly number[]): Image[] {
    const known = new Map<number, Image>()
    for (let start = 0; start < ids.length; start += rowsPerStatement) {
      const sql = 'SELECT * FROM seen WHERE id IN (SELECT value FROM json_each(?))'
      const part = JSON.stringify(ids.slice(start, start + rowsPerStatement))
      for (const row of this.#db.all<ImageRow>(sql, part)) known.set(row.id, imageOf(row))
    }
    return ids.flatMap((id) => known.get(id) ?? [])
  }

  /** The paths alone, of any number: in the order asked for; ids that are gone are left out. */
  paths(ids: readonly number[]): string[] {
    const sql = 'SELECT (SELECT path FROM seen WHERE id = value) FROM json_each(?)'
    return this.#db.column<string | null>(sql, JSON.stringify(ids)).filter((path) => path !== null)
  }

  /** The most frequent first. */
  formats(): Count[] {
    return this.#db.all<Count>(
      'SELECT format AS value, count(*) AS count FROM seen GROUP BY format ORDER BY count DESC, value',
    )
  }

  cameras(): Count[] {
    return this.#db.all<Count>(`SELECT exif ->> 'camera' AS value, count(*) AS count FROM seen
      WHERE exif ->> 'camera' IS NOT NULL GROUP BY exif ->> 'camera' ORDER BY count DESC, value`)
  }
}

function conditionsOf(request: ViewRequest): { where: string; values: Record<string, unknown> } {
  const { formats, camera, isoFrom, isoTo, takenFromMs, takenToMs, collection } = request
  const values: Record<string, unknown> = {}
  const conditions: string[] = []
  const add = (condition: string, name: string, value: unknown) => {
    if (value === undefined) return
    conditions.push(condition)
    values[name] = value
  }
  const words = request.search.split(/\s+/).filter((word) => word !== '')
  const long = words.filter((word) => [...word].length >= 3) // what the trigram index finds
  const match = long.map((word) => `"${word.replaceAll('"', '""')}"`).join(' AND ')
  const inPaths = 'SELECT imageId FROM paths CROSS JOIN seenLocations ON seenLocations.id = paths.rowid'
  add(`seen.id IN (${inPaths} WHERE paths MATCH @match)`, 'match', match || undefined)
  for (const [i, word] of words.filter((each) => !long.includes(each)).entries()) {
    const like = `%${word.replace(/[\\%_]/g, '\\$&')}%`
    add(
      `seen.id IN (SELECT imageId FROM seenLocations WHERE path LIKE @like${i} ESCAPE '\\')`,
      `like${i}`,
      like,
    )
  }
  add(
    'seen.format IN (SELECT value FROM json_each(@formats))',
    'formats',
    formats.length > 0 ? JSON.stringify(formats) : undefined,
  )
  add(`seen.exif ->> 'camera' = @camera`, 'camera', camera)
  add(`seen.exif ->> 'iso' >= @isoFrom`, 'isoFrom', isoFrom)
  add(`seen.exif ->> 'iso' <= @isoTo`, 'isoTo', isoTo)
  add('seen.takenAtMs >= @takenFromMs', 'takenFromMs', takenFromMs)
  add('seen.takenAtMs <= @takenToMs', 'takenToMs', takenToMs)
  add(
    'seen.id IN (SELECT imageId FROM datasetImages WHERE datasetId = @collection)',
    'collection',
    collection,
  )
  return { where: conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '', values }
}
