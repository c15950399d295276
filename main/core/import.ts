import { stat } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { AppError, toAppError } from '../../shared/errors.ts'
import type { AddedImage, Image, NewImage, Outcome } from '../catalog/image.ts'
import { type FoundImage, findImages } from '../imaging/find.ts'
import { hashFile } from '../imaging/hash.ts'
import { probeImage } from '../imaging/probe.ts'
import type { Core } from './core.ts'
import { inOrder } from './in-order.ts'

/** Read side by side: libvips, hashing and the disk have threads of their own. */
const filesAtOnce = 4

/** Stored together, since each commit waits for the disk; but seen in the library while they come. */
const mostWaiting = 64
const longestWaitMs = 200

export interface ImportReport {
  readonly counts: Readonly<Record<Outcome, number>>
  readonly failed: readonly { readonly path: string; readonly error: AppError }[]
  /** of the images, in the order of their files */
  readonly ids: readonly number[]
}

/** Stretches of work and of rest, where others want the processor, too. */
const stretchMs = 15

export interface ImportOptions {
  readonly recursive?: boolean
  /** also puts the images into this dataset, made when it is new */
  readonly dataset?: string | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: (done: number, total: number, path: string) => void
  /** rests half of the time: somebody looks at a window meanwhile */
  readonly rests?: boolean
}

/**
 * Makes files known to the catalog: facts from their headers, duplicates by the hash of their content. Files that
 * are known and unchanged (size and time) are not read again; a broken file is reported and the rest goes on.
 */
export async function importImages(
  core: Pick<Core, 'catalog'>,
  paths: readonly string[],
  options: ImportOptions = {},
): Promise<ImportReport> {
  const { recursive = false, signal } = options
  return importFound(core, await findImages(paths, { recursive, signal }), options)
}

/** The same for files that have been found. */
export async function importFound(
  core: Pick<Core, 'catalog'>,
  files: readonly Pick<FoundImage, 'path'>[],
  { signal, onProgress, dataset, rests = false }: Omit<ImportOptions, 'recursive'> = {},
): Promise<ImportReport> {
  const { images, datasets } = core.catalog
  const counts = { added: 0, known: 0, duplicate: 0, changed: 0 }
  const failed: { path: string; error: AppError }[] = []
  const ids = new Array<number | null>(files.length).fill(null)
  const read = ({ path }: { path: string }) => readFacts(images, path, signal)
  const waiting: { at: number; image: NewImage }[] = []
  let waitsSinceMs = 0
  const store = () => {
    const some = waiting.splice(0)
    for (const [i, added] of addAll(images, some).entries()) {
      const { at, image } = some[i]!
      if (added instanceof AppError) failed.push({ path: image.path, error: added })
      else {
        counts[added.outcome]++
        ids[at] = added.id
      }
    }
  }
  let done = 0
  let worksSinceMs = performance.now()
  try {
    for await (const { path, known, image, error } of inOrder(files, filesAtOnce, read)) {
      signal?.throwIfAborted()
      if (error) failed.push({ path, error })
      else if (known) {
        counts.known++
        ids[done] = known.id
      } else {
        if (waiting.length === 0) waitsSinceMs = performance.now()
        waiting.push({ at: done, image: image! })
      }
      done++ // whether or not somebody listens
      onProgress?.(done, files.length, path)
      if (waiting.length >= mostWaiting || performance.now() - waitsSinceMs > longestWaitMs) store()
      if (rests && performance.now() - worksSinceMs > stretchMs) {
        await wait(stretchMs)
        worksSinceMs = performance.now()
      }
    }
  } finally {
    store() // also what was read until it was stopped
  }
  const found = ids.filter((id) => id !== null)
  if (dataset) addToDataset(datasets, dataset, found)
  return { counts, failed, ids: found }
}

/** An outcome or an error for each: together, or where that fails one by one. */
function addAll(
  images: Core['catalog']['images'],
  some: readonly { readonly image: NewImage }[],
): (AddedImage | AppError)[] {
  try {
    return images.addMany(some.map(({ image }) => image))
  } catch {
    return some.map(({ image }) => {
      try {
        return images.add(image)
      } catch (error) {
        return toAppError(error)
      }
    })
  }
}

interface FileFacts {
  readonly path: string
  readonly known?: Image
  readonly image?: NewImage
  readonly error?: AppError
}

async function readFacts(
  images: Core['catalog']['images'],
  path: string,
  signal: AbortSignal | undefined,
): Promise<FileFacts> {
  try {
    signal?.throwIfAborted()
    const { size, mtimeMs } = await stat(path)
    const known = images.unchanged(path, size, mtimeMs)
    if (known) return { path, known }
    const { exif, depth, ...facts } = await probeImage(path, signal ? { signal } : {})
    const { takenAt, fNumber, camera, lens, iso, exposureSeconds } = exif
    const image = {
      ...{ path, mtimeMs, sha256: await hashFile(path, signal), bytes: facts.bytes },
      ...{ width: facts.width, height: facts.height, format: facts.format, bitDepth: depth },
      ...{ channels: facts.channels, hasAlpha: facts.hasAlpha },
      exif: defined({
        ...{ camera, lens, iso, exposureSeconds, aperture: fNumber },
        takenAtMs: takenAt ? Date.parse(takenAt) : undefined,
      }),
    }
    return { path, image }
  } catch (error) {
    return { path, error: toAppError(error) }
  }
}

function addToDataset(datasets: Core['catalog']['datasets'], name: string, ids: readonly number[]): void {
  const { id } = datasets.byName(name) ?? datasets.create({ name })
  datasets.addImages(id, ids)
}

function defined<Facts extends object>(
  facts: Facts,
): { [Name in keyof Facts]?: Exclude<Facts[Name], undefined> } {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as never
}
