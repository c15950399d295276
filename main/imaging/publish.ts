import { randomBytes } from 'node:crypto'
import { link, open, realpath, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import { stopIfAborted } from './abort.ts'
import { writeAll } from './embed/pieces.ts'
import { fileError } from './file-errors.ts'

/** A hidden name beside the one a file is to have. */
export function temporaryName(path: string): string {
  return join(dirname(resolve(path)), `.${basename(path)}.${randomBytes(4).toString('hex')}.tmp`)
}

/** Whether `temporaryName` gave a name of a folder for a file of it. */
export function isTemporaryNameOf(name: string, file: string): boolean {
  const start = `.${file}.`
  return name.startsWith(start) && /^[0-9a-f]{8}\.tmp$/.test(name.slice(start.length))
}

/**
 * @param sourcePath real path of what the file is made from: never replaced
 * @throws AppError `conflict`
 */
export async function refuseConflict(path: string, sourcePath: string, overwrite: boolean): Promise<void> {
  const real = await realpath(path).catch(() => null)
  if (!real) return
  if (real === sourcePath) {
    throw new AppError('conflict', `cannot write ${path}: it is the picture that was read`)
  }
  if (!overwrite) throw new AppError('conflict', `cannot write ${path}: it exists already`)
}

/** Writes a file and fsyncs it. */
export async function intoFile(
  path: string,
  work: (file: Awaited<ReturnType<typeof open>>) => Promise<void>,
  flags = 'wx',
): Promise<void> {
  const file = await open(path, flags)
  try {
    await work(file)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Gives the file its name; without `overwrite` a hard link does it, which fails where the name is taken. */
export async function publish(temporary: string, path: string, overwrite: boolean): Promise<void> {
  if (overwrite) return rename(temporary, path)
  try {
    await link(temporary, path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST')
      throw new AppError('conflict', `cannot write ${path}: it exists already`, { cause: error })
    // a file system without hard links (exFAT, some network shares)
    await rename(temporary, path)
  }
}

/**
 * Writes bytes under a temporary name, fsyncs them and gives them theirs; a failure leaves no file behind.
 * @throws AppError `conflict` (it exists, or is the source), `unreadable` (no permission, disk full), `aborted`
 */
export async function writeBytes(
  path: string,
  pieces: Iterable<Uint8Array>,
  options: { sourcePath: string; overwrite: boolean; signal?: AbortSignal | undefined },
): Promise<void> {
  const { sourcePath, overwrite, signal } = options
  await refuseConflict(path, sourcePath, overwrite)
  const temporary = temporaryName(path)
  try {
    await intoFile(temporary, async (file) => {
      for (const piece of pieces) {
        stopIfAborted(signal, `writing ${path}`)
        await writeAll(file, piece)
      }
    })
    await publish(temporary, path, overwrite)
  } catch (error) {
    throw fileError('write', path, error)
  } finally {
    await rm(temporary, { force: true }).catch(() => {})
  }
}
