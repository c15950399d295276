import { join } from 'node:path'
import envPaths from 'env-paths'

const paths = envPaths('hourglass', { suffix: '' })

/** Where catalogs and models live: HOURGLASS_DATA, else the platform's convention (~/.local/share/hourglass). */
export function dataFolder(): string {
  return process.env.HOURGLASS_DATA || paths.data
}

/** What can be fetched or computed again: HOURGLASS_CACHE, else the platform's convention (~/.cache/hourglass). */
export function cacheFolder(): string {
  return process.env.HOURGLASS_CACHE || paths.cache
}

/** The root of this checkout or packaged application. */
export const projectRoot = join(import.meta.dirname, '..', '..')
