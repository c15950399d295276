import { sep } from 'node:path'
import type { Database } from './database.ts'

/**
 * Declares what this connection sees of `images`, `locations`, `datasetImages` and `jobItems`: the temporary views
 * `seen`, images with the path of their first location, `seenLocations`, `seenMembers` and `seenItems`. Whatever is
 * asked for by id, searched, listed or counted comes from these.
 * @param within absolute folders: only what lies below one of them is seen, by that path; null: all
 */
export function declareSeen(db: Database, within: readonly string[] | null): void {
  const below = (column: string) =>
    within ? `WHERE ${within.map((folder) => isBelow(column, folder)).join(' OR ') || '0'}` : ''
  db.sqlite.exec(`
    CREATE TEMP VIEW seenLocations AS SELECT id, imageId, path, mtimeMs FROM main.locations ${below('path')};
    CREATE TEMP VIEW seen AS SELECT images.*,
      (SELECT path FROM seenLocations WHERE imageId = images.id ORDER BY seenLocations.id LIMIT 1) AS path
      FROM main.images ${within ? 'WHERE EXISTS (SELECT 1 FROM seenLocations WHERE imageId = images.id)' : ''};
    CREATE TEMP VIEW seenMembers AS SELECT * FROM main.datasetImages
      ${within ? 'WHERE imageId IN (SELECT imageId FROM seenLocations)' : ''};
    CREATE TEMP VIEW seenItems AS SELECT * FROM main.jobItems ${below('input')}`)
}

/** A range, which the index of the paths answers: all that begins with the folder and a separator. */
function isBelow(column: string, folder: string): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`
  const low = folder.endsWith(sep) ? folder : folder + sep
  const high = low.slice(0, -1) + String.fromCharCode(sep.charCodeAt(0) + 1)
  return `(${column} >= ${quoted(low)} AND ${column} < ${quoted(high)})`
}
