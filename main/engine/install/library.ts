import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { type Distribution, tensorflowVersion } from './packages.ts'
import { downloadWheel, findPip, noDisk } from './pip.ts'
import { unpackWheel } from './unpack.ts'

export interface Library {
  /** holds `tensorflow/libtensorflow_cc.so.2` and its headers, and for CUDA `nvidia/*` */
  readonly folder: string
  readonly variant: Distribution['variant']
}

type Say = (line: string) => void

/** Written last into a complete library folder: the digests of the wheels it was made from. */
const manifestName = 'wheels.json'

/** Where this distribution's library is kept, whether it is there or not. */
export function libraryFolder(distribution: Distribution, cache: string): string {
  return join(cache, `tensorflow-${tensorflowVersion}-${distribution.variant}`)
}

/** True when the cache holds the library made from exactly these wheels. */
export async function hasLibrary(distribution: Distribution, cache: string): Promise<boolean> {
  const manifest = await readFile(join(libraryFolder(distribution, cache), manifestName), 'utf8').catch(
    () => '',
  )
  return manifest === manifestOf(distribution)
}

/**
 * Downloads and unpacks libtensorflow into the cache unless it is there. All work happens in a folder with a
 * temporary name that is renamed when complete and removed when anything fails.
 * @throws AppError `setup`, one sentence that says what to do
 */
export async function ensureLibrary(distribution: Distribution, cache: string, say: Say): Promise<Library> {
  const folder = libraryFolder(distribution, cache)
  const library: Library = { folder, variant: distribution.variant }
  if (await hasLibrary(distribution, cache)) return library
  await removeAbandoned(cache)
  const work = join(cache, `${process.pid}-${randomUUID().slice(0, 8)}.part`)
  try {
    await mkdir(join(work, 'wheels'), { recursive: true })
    const { bavail, bsize } = await statfs(work)
    if (bavail * bsize < distribution.diskBytes) throw noDisk(cache)
    const python = await findPip()
    for (const [index, wheel] of distribution.wheels.entries()) {
      say(`downloading ${wheel.name} ${wheel.version} (${index + 1} of ${distribution.wheels.length})`)
      const wheelPath = await downloadWheel(python, wheel, join(work, 'wheels'))
      await unpackWheel(wheelPath, wheel.members, work)
      await rm(wheelPath)
    }
    await rm(join(work, 'wheels'), { recursive: true })
    await writeFile(join(work, manifestName), manifestOf(distribution))
    await rm(folder, { recursive: true, force: true })
    await rename(work, folder)
  } catch (error) {
    // Another process may have put the same library there in the meantime.
    if (!(error instanceof AppError) && (await hasLibrary(distribution, cache))) return library
    throw asSetupError(error, cache)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return library
}

function manifestOf(distribution: Distribution): string {
  return JSON.stringify(
    Object.fromEntries(distribution.wheels.map(({ name, sha256 }) => [name, sha256])),
    null,
    1,
  )
}

function asSetupError(error: unknown, cache: string): AppError {
  if (error instanceof AppError) return error
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC') return noDisk(cache)
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOTDIR' || code === 'EEXIST') {
    return new AppError(
      'setup',
      `The cache folder ${cache} cannot be written (${code}): make it writable or point HOURGLASS_CACHE elsewhere.`,
      { cause: error },
    )
  }
  return new AppError('setup', `TensorFlow could not be unpacked into ${cache} (${message}): start again.`, {
    cause: error,
  })
}

/** Removes what killed installations left: the number in the name is the process that was at work. */
async function removeAbandoned(cache: string): Promise<void> {
  if (!existsSync(cache)) return
  for (const name of await readdir(cache)) {
    const pid = /^(\d+)-[0-9a-f]{8}\.part$/.exec(name)?.[1]
    if (pid && !isAlive(Number(pid))) await rm(join(cache, name), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
