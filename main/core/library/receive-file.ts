import { createWriteStream } from 'node:fs'
import { link, rename, rm } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Uploaded } from '../../../shared/contract/pixels.ts'
import { AppError } from '../../../shared/errors.ts'
import { fileError } from '../../imaging/file-errors.ts'
import { hgiExtension, imageExtensions } from '../../imaging/formats.ts'
import { hashFile } from '../../imaging/hash.ts'
import { outputPath } from '../../imaging/output-path.ts'
import { temporaryName } from '../../imaging/publish.ts'
import { makeFolder } from '../../platform/folders.ts'
import type { Application } from '../application.ts'
import { importFound } from '../import.ts'

/** The most bytes of one file: a TIFF holds no more. */
export const mostUploadBytes = 4 * 2 ** 30

/**
 * Keeps a file that a window sends, and takes it into the library. It is written as it comes, never whole in memory.
 * @param bytes as it says itself, where it does
 * @throws AppError bad-input (a name that leads elsewhere, a kind that is not read), too-large, unreadable
 */
export async function receiveFile(
  app: Application,
  content: Readable,
  { name, folder, bytes = 0 }: { name: string; folder: string; bytes?: number },
): Promise<Uploaded> {
  const target = placeOf(app.uploads, name, folder)
  if (bytes > mostUploadBytes) throw tooLarge(name)
  await makeFolder(dirname(target))
  const temporary = temporaryName(target)
  try {
    await pipeline(content, limited(name), createWriteStream(temporary, { flags: 'wx' })).catch((error) => {
      throw fileError('write', target, error)
    })
    const path = await settle(temporary, target)
    if (path.toLowerCase().endsWith(hgiExtension)) return { image: null, outcome: 'stored', path }
    const { ids, counts, failed } = await importFound(app.core, [{ path }])
    if (failed[0]) {
      await rm(path, { force: true })
      throw failed[0].error
    }
    app.libraryChanged.publish()
    const outcome = (['added', 'known', 'duplicate', 'changed'] as const).find((each) => counts[each] > 0)!
    return { image: ids[0]!, outcome, path }
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Below the uploads' folder, whatever the browser says. */
function placeOf(uploads: string, name: string, folder: string): string {
  const extension = extname(name).toLowerCase()
  if (![...imageExtensions, hgiExtension].includes(extension)) {
    throw new AppError(
      'unsupported',
      `${name}: pictures and .hgi files are taken in, not '${extension || name}'`,
    )
  }
  const relativePath = folder ? `${folder}/${name}` : name
  if (name.length > 200 || folder.length > 1000 || /[/\\\0]/.test(name) || folder.includes('\0')) {
    throw new AppError('bad-input', `${name}: expected a file name, and a folder below the library's own`)
  }
  return outputPath(uploads, '{folder}/{name}{ext}', { relativePath, ext: extname(name) })
}

function limited(name: string): Transform {
  let bytes = 0
  return new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length
      done(bytes > mostUploadBytes ? tooLarge(name) : null, chunk)
    },
  })
}

function tooLarge(name: string): AppError {
  return new AppError('too-large', `${name}: a file may have ${mostUploadBytes} bytes at most`)
}

/** Gives the file its name, or the next one that is free; the same file sent again keeps the one it had. */
async function settle(temporary: string, wanted: string): Promise<string> {
  const own = await hashFile(temporary)
  const [stem, extension] = [basename(wanted, extname(wanted)), extname(wanted)]
  for (let copy = 1; ; copy++) {
    const path = copy === 1 ? wanted : join(dirname(wanted), `${stem}-${copy}${extension}`)
    const there = await hashFile(path).catch(() => null)
    if (there === own) return path
    if (there !== null) continue
    try {
      await link(temporary, path)
      return path
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EEXIST') continue
      await rename(temporary, path) // a file system without hard links
      return path
    }
  }
}
