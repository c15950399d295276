import { mkdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { noDisk } from './failures.ts'
import { type Distribution, tensorflowVersion } from './packages.ts'
import { downloadWheel, findPip } from './pip.ts'
import { unpackWheel } from './unpack.ts'
import { inWorkFolder } from './work-folder.ts'

export interface Library {
  /** holds `tensorflow/libtensorflow_cc.so.2` and its headers, and for CUDA `nvidia/*` */
  readonly folder: string
  readonly variant: Distribution['variant']
}

export type Say = (line: string) => void

/** Written last into a complete library folder: the digests of the wheels it was made from. */
const manifestName = 'wheels.json'

/** Where this distribution's library is kept, whether it is there or not. */
export function libraryFolder(distribution: Distribution, cache: string): string {
  return join(cache, `tensorflow-${tensorflowVersion}-${distribution.variant}`)
}

/** True when the cache holds the library made from exactly these wheels. */
export async function hasLibrary(distribution: Distribution, cache: string): Promise<boolean> {
  const path = join(libraryFolder(distribution, cache), manifestName)
  return (await readFile(path, 'utf8').catch(() => '')) === manifestOf(distribution)
}

/** Makes the next `ensureLibrary` fetch it again. */
export async function distrustLibrary(distribution: Distribution, cache: string): Promise<void> {
  await rm(join(libraryFolder(distribution, cache), manifestName), { force: true })
}

/**
 * Downloads and unpacks libtensorflow into the cache unless it is there. The folder appears complete, by a
 * rename, or not at all.
 * @throws AppError `setup`, one sentence that says what to do
 */
export async function ensureLibrary(
  distribution: Distribution,
  cache: string,
  say: Say,
  signal?: AbortSignal,
): Promise<Library> {
  const folder = libraryFolder(distribution, cache)
  const library: Library = { folder, variant: distribution.variant }
  if (await hasLibrary(distribution, cache)) return library
  return inWorkFolder(cache, async (work) => {
    const { bavail, bsize } = await statfs(work)
    if (bavail * bsize < distribution.diskBytes) {
      throw noDisk(cache, { bytes: distribution.diskBytes, freeBytes: bavail * bsize })
    }
    const python = await findPip(signal)
    const [wheels, unpacked] = [join(work, 'wheels'), join(work, 'library')]
    for (const [index, wheel] of distribution.wheels.entries()) {
      say(`downloading ${wheel.name} ${wheel.version} (${index + 1} of ${distribution.wheels.length})`)
      await mkdir(wheels, { recursive: true })
      const wheelPath = await downloadWheel(python, wheel, wheels, signal)
      await unpackWheel(wheelPath, wheel.members, unpacked, signal)
      await rm(wheels, { recursive: true })
    }
    await writeFile(join(unpacked, manifestName), manifestOf(distribution), { flush: true })
    await replaceFolder(unpacked, folder, join(work, 'replaced'), () => hasLibrary(distribution, cache))
    return library
  })
}

/** Renames `made` to `folder`, unless another process has put a good one there in the meantime. */
async function replaceFolder(
  made: string,
  folder: string,
  aside: string,
  isGood: () => Promise<boolean>,
): Promise<void> {
  if (await isGood()) return
  await rename(folder, aside).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
  await rename(made, folder).catch(async (error) => {
    if (!(await isGood())) throw error
  })
}

function manifestOf(distribution: Distribution): string {
  return JSON.stringify(
    Object.fromEntries(distribution.wheels.map(({ name, sha256 }) => [name, sha256])),
    null,
    1,
  )
}
