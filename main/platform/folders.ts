import { mkdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import envPaths from 'env-paths'
import { AppError } from '../../shared/errors.ts'

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

/** The window's files, as built. */
export const windowFolder = join(projectRoot, 'out', 'renderer')

/**
 * Makes a folder and those above it, one by one: Node's recursive mkdir never ends where a file system answers that
 * an existing parent is missing, as /proc does.
 * @throws AppError `unreadable` naming the folder that cannot be made
 */
export async function makeFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => null)
  if (found?.isDirectory()) return
  if (found) throw new AppError('unreadable', `${path} is a file, and a folder is needed there`)
  if (dirname(path) !== path) await makeFolder(dirname(path))
  try {
    await mkdir(path)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'EEXIST') return // another process was faster
    throw new AppError('unreadable', `the folder ${path} cannot be made (${code})`, { cause })
  }
}
