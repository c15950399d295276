import { createRequire } from 'node:module'
import Sqlite from 'better-sqlite3'
import { type Neighbour, nearestTo } from '../../latents/nearest.ts'
import { type Points, pointAt } from '../../latents/points.ts'

/** From so many values on, filling a table costs less than reading them all once more in JavaScript. */
const worthwhile = 2_000_000

/**
 * The k nearest points to a code, by sqlite-vec where it is there and the points are many, else by a loop over all; both
 * are exact.
 */
export function searchNearest(
  points: Points,
  query: Float32Array,
  k: number,
  except = -1,
  use: 'auto' | 'loop' | 'sqlite-vec' = 'auto',
): { found: Neighbour[]; by: 'loop' | 'sqlite-vec' } {
  if (use === 'loop' || (use === 'auto' && points.values.length < worthwhile)) {
    return { found: nearestTo(points, query, k, except), by: 'loop' }
  }
  const index = openIndex(points)
  if (!index) return { found: nearestTo(points, query, k, except), by: 'loop' }
  try {
    return { found: index.nearest(query, k, except), by: 'sqlite-vec' }
  } finally {
    index.close()
  }
}

/** Points in a table of vectors that is asked many times. */
export interface VectorIndex {
  nearest(query: Float32Array, k: number, except?: number): Neighbour[]
  close(): void
}

/** Null where sqlite-vec has no library for this machine. */
export function openIndex(points: Points): VectorIndex | null {
  const db = new Sqlite(':memory:')
  try {
    ;(createRequire(import.meta.url)('sqlite-vec') as typeof import('sqlite-vec')).load(db)
  } catch {
    db.close()
    return null
  }
  db.exec(`CREATE VIRTUAL TABLE codes USING vec0(code float[${points.length}])`)
  const insert = db.prepare('INSERT INTO codes (rowid, code) VALUES (?, ?)')
  db.transaction(() => {
    for (let i = 0; i < points.count; i++) insert.run(BigInt(i + 1), bytesOf(pointAt(points, i)))
  })()
  const select = db.prepare(
    'SELECT rowid, distance FROM codes WHERE code MATCH ? AND k = ? ORDER BY distance',
  )
  return {
    nearest(query, k, except = -1) {
      // The extension answers for at most 4096 at a time.
      const asked = Math.min(4096, points.count, k + (except >= 0 ? 1 : 0))
      const rows = select.all(bytesOf(query), asked) as { rowid: number; distance: number }[]
      return rows
        .map(({ rowid, distance }) => ({ index: rowid - 1, distance }))
        .filter(({ index }) => index !== except)
        .slice(0, k)
    },
    close: () => void db.close(),
  }
}

function bytesOf(vector: Float32Array): Uint8Array {
  return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength)
}
