import { createWriteStream } from 'node:fs'
import { chmod, mkdir } from 'node:fs/promises'
import { dirname, join, normalize, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Entry, openPromise } from 'yauzl'
import { AppError } from '../../../shared/errors.ts'

/**
 * Takes those members of a wheel (a zip file) whose path matches out into `folder`.
 * @returns how many
 */
export async function unpackWheel(
  wheelPath: string,
  members: RegExp,
  folder: string,
  signal?: AbortSignal,
): Promise<number> {
  const zip = await openPromise(wheelPath, { autoClose: false, lazyEntries: true })
  let count = 0
  try {
    for await (const entry of zip.eachEntry() as AsyncIterable<Entry>) {
      if (!members.test(entry.fileName) || entry.fileName.endsWith('/')) continue
      const path = join(folder, normalize(entry.fileName))
      if (!path.startsWith(folder + sep))
        throw new AppError('corrupt', `${wheelPath} holds a path outside it`)
      await mkdir(dirname(path), { recursive: true })
      const file = createWriteStream(path, { flush: true, highWaterMark: 1 << 20 })
      await pipeline(await zip.openReadStreamPromise(entry), file, signal ? { signal } : {})
      if (path.endsWith(`bin${sep}ptxas`)) await chmod(path, 0o755)
      count++
    }
  } finally {
    zip.close()
  }
  if (count === 0) throw new AppError('setup', `${wheelPath} holds none of the expected files`)
  return count
}
