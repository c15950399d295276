import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { basename, join, posix } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { AppError } from '../../shared/errors.ts'

/** Of a model's files; the bundled ones have a hundredth of that. */
export const mostBytes = { 'card.json': 2 ** 20, 'weights.safetensors': 2 ** 30 } as const
type ModelFile = keyof typeof mostBytes
const modelFiles = Object.keys(mostBytes) as ModelFile[]

/** A zip file of a folder holds a few more than two. */
const mostEntries = 1000

/**
 * Takes a model's card and weights out of a zip file into `folder`, which is made. They lie in one folder of it,
 * whatever its name; all else is left. Names of the zip file are never used as paths.
 * @throws AppError corrupt (no zip file, damaged), not-found (no model, or several in it), too-large
 */
export async function unpackModel(path: string, folder: string): Promise<void> {
  const zip = await openPromise(path, { autoClose: false, lazyEntries: true }).catch((cause) => {
    throw new AppError('corrupt', `${basename(path)} is no zip file that can be read`, { cause })
  })
  try {
    const found = await modelIn(zip, basename(path))
    await mkdir(folder, { recursive: true })
    for (const name of modelFiles) {
      const entry = found.get(name)!
      if (entry.uncompressedSize > mostBytes[name]) throw tooLarge(name)
      // What comes out is held to the size that the entry tells.
      const file = createWriteStream(join(folder, name), { flush: true })
      await pipeline(await zip.openReadStreamPromise(entry), file)
    }
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('corrupt', `${basename(path)} is damaged (${(error as Error).message})`, {
      cause: error,
    })
  } finally {
    zip.close()
  }
}

export function tooLarge(name: ModelFile): AppError {
  return new AppError('too-large', `${name}: may have ${mostBytes[name]} bytes at most`)
}

async function modelIn(zip: ZipFile, name: string): Promise<Map<string, Entry>> {
  const byFolder = new Map<string, Map<string, Entry>>()
  let count = 0
  for await (const entry of zip.eachEntry() as AsyncIterable<Entry>) {
    if (++count > mostEntries)
      throw new AppError('too-large', `${name} holds more than ${mostEntries} files: expected a model`)
    const [folder, file] = [posix.dirname(entry.fileName), posix.basename(entry.fileName)]
    if (!modelFiles.includes(file as ModelFile) || entry.fileName.endsWith('/')) continue
    const there = byFolder.get(folder) ?? new Map<string, Entry>()
    byFolder.set(folder, there.set(file, entry))
  }
  const whole = [...byFolder.values()].filter((there) => there.size === modelFiles.length)
  const [model] = whole
  if (!model || whole.length > 1) {
    const what = whole.length > 1 ? `${whole.length} models` : 'none'
    throw new AppError(
      'not-found',
      `${name}: expected one folder with ${modelFiles.join(' and ')}, found ${what}`,
    )
  }
  return model
}
