import { stat } from 'node:fs/promises'
import { type AppError, toAppError } from '../../shared/errors.ts'
import type { Outcome } from '../catalog/image.ts'
import { type FoundImage, findImages } from '../imaging/find.ts'
import { hashFile } from '../imaging/hash.ts'
import { probeImage } from '../imaging/probe.ts'
import type { Core } from './core.ts'

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
  for (const [index, { path }] of files.entries()) {
    signal?.throwIfAborted()
    try {
      const { size, mtimeMs } = await stat(path)
      const known = images.unchanged(path, size, mtimeMs)
      if (known) {
        counts.known++
        ids.push(known.id)
      } else {
        const { exif, depth, ...facts } = await probeImage(path)
        const { takenAt, fNumber, camera, lens, iso, exposureSeconds } = exif
        const { id, outcome } = images.add({
          ...{ path, mtimeMs, sha256: await hashFile(path), bytes: facts.bytes },
          ...{ width: facts.width, height: facts.height, format: facts.format, bitDepth: depth },
          ...{ channels: facts.channels, hasAlpha: facts.hasAlpha },
          exif: defined({
            ...{ camera, lens, iso, exposureSeconds, aperture: fNumber },
            takenAtMs: takenAt ? Date.parse(takenAt) : undefined,
          }),
        })
        counts[outcome]++
        ids.push(id)
      }
    } catch (error) {
      failed.push({ path, error: toAppError(error) })
    }
    onProgress?.(index + 1, files.length, path)
  }
  if (dataset) addToDataset(datasets, dataset, ids)
  return { counts, failed, ids }
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
