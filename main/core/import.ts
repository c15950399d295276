import { stat } from 'node:fs/promises'
import { type AppError, toAppError } from '../../shared/errors.ts'
import type { Image, NewImage, Outcome } from '../catalog/image.ts'
import { type FoundImage, findImages } from '../imaging/find.ts'
import { hashFile } from '../imaging/hash.ts'
import { probeImage } from '../imaging/probe.ts'
import type { Core } from './core.ts'
import { inOrder } from './in-order.ts'

/** Read side by side: libvips, hashing and the disk have threads of their own. */
const filesAtOnce = 4

export interface ImportReport {
  readonly counts: Readonly<Record<Outcome, number>>
  readonly failed: readonly { readonly path: string; readonly error: AppError }[]
  /** of the images, in the order of their files */
  readonly ids: readonly number[]
}

export interface ImportOptions {
  readonly recursive?: boolean
  /** also puts the images into this dataset, made when it is new */
  readonly dataset?: string | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: (done: number, total: number, path: string) => void
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
  const { recursive = false } = options
  return importFound(core, await findImages(paths, { recursive }), options)
}

/** The same for files that have been found. */
export async function importFound(
  core: Pick<Core, 'catalog'>,
  files: readonly Pick<FoundImage, 'path'>[],
  { signal, onProgress, dataset }: Omit<ImportOptions, 'recursive'> = {},
): Promise<ImportReport> {
  const { images, datasets } = core.catalog
  const counts = { added: 0, known: 0, duplicate: 0, changed: 0 }
  const failed: { path: string; error: AppError }[] = []
  const ids: number[] = []
  let done = 0
  const read = ({ path }: { path: string }) => readFacts(images, path, signal)
  for await (const { path, known, image, error } of inOrder(files, filesAtOnce, read)) {
    signal?.throwIfAborted()
    try {
      if (error) throw error
      const { id, outcome } = known ? { id: known.id, outcome: 'known' as const } : images.add(image!)
      counts[outcome]++
      ids.push(id)
    } catch (failure) {
      failed.push({ path, error: toAppError(failure) })
    }
    onProgress?.(++done, files.length, path)
  }
  if (dataset) addToDataset(datasets, dataset, ids)
  return { counts, failed, ids }
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
