import { AppError } from '../../../shared/errors.ts'
import { type BatchSource, batchesOf } from './batch-source.ts'
import { createCropPlan } from './crop-plan.ts'
import { createOrderedWorkers } from './ordered-workers.ts'
import type { PhotoJob, PhotoResult, PhotoWorkerData } from './photo-jobs.ts'
import { PhotoMemory } from './photo-memory.ts'
import { listViews, type SkippedPhotos, viewBytes } from './photo-views.ts'
import { type RecipeArrays, type RecipeName, type RecipeParameters, recipes } from './recipes.ts'

export interface PhotoBatchOptions<Name extends RecipeName> {
  readonly files: readonly string[]
  /** Side of the square crops in pixels. */
  readonly crop: number
  /** Crops per batch. */
  readonly batch: number
  readonly seed: number
  readonly recipe: Name
  /** What differs from the recipe's defaults. */
  readonly parameters?: Partial<RecipeParameters<Name>>
  /** Whether photos are also drawn from at smaller scales (by default) or only as they are. */
  readonly scaled?: boolean
  /** The step of the first batch, counted from 0; a resumed run gives the steps it has taken. */
  readonly startStep?: number
  /** Threads; they decide speed alone. */
  readonly workers?: number
  /** Bytes of decoded photos kept, for all threads together; speed alone. */
  readonly memoryBytes?: number
  /** Decoded bytes of the photos that are drawn from at one time; see createCropPlan. Part of what a run is. */
  readonly poolBytes?: number
  readonly cropsPerTurn?: number
  /** Batches made ahead. */
  readonly ahead?: number
}

/** The recipe's arrays and the step they are for. Pixels are NHWC float32: `shape` is [batch, crop, crop, 3]. */
export type PhotoBatch<Name extends RecipeName> = RecipeArrays<Name> & {
  readonly step: number
  readonly shape: readonly [number, number, number, 3]
}

export interface PhotoBatchSource<Name extends RecipeName> extends BatchSource<PhotoBatch<Name>> {
  /** Files left out so far; broken ones may show up only when they are first decoded. */
  readonly skipped: SkippedPhotos
  /** Bytes of memory given to decoded photos so far. */
  memoryBytes(): number
}

const gibibyte = 2 ** 30

/** A third of the free memory, 4 GiB at most. */
export function defaultMemoryBytes(): number {
  return Math.min(4 * gibibyte, Math.floor(process.availableMemory() / 3))
}

/**
 * Random crops of photos, made ahead in threads. Batch k depends on the files, the options and k, and not on timing,
 * threads or memory. Only headers are read before the first batch; photos are decoded when first needed and kept as
 * 8-bit pixels that all threads share.
 *
 * Throws AppError `bad-input` when no photo is large enough, or an option is out of range; `next` rejects with
 * `unreadable` when every photo turns out to be broken.
 */
export async function createPhotoBatches<Name extends RecipeName>(
  options: PhotoBatchOptions<Name>,
): Promise<PhotoBatchSource<Name>> {
  const { files, crop, batch, seed, startStep = 0, workers = 1, ahead = 4 } = options
  for (const [name, value] of Object.entries({
    crop,
    batch,
    workers,
    ahead,
    cropsPerTurn: options.cropsPerTurn ?? 1,
  })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new AppError('bad-input', `${name}: expected a whole number from 1 on, got ${value}`)
    }
  }
  if (!Number.isSafeInteger(startStep) || startStep < 0) {
    throw new AppError('bad-input', `startStep: expected a whole number from 0 on, got ${startStep}`)
  }
  const parameters = { ...recipes[options.recipe].defaults, ...options.parameters }
  checkParameters(options.recipe, parameters)
  const { photos, skipped } = await listViews(files, crop, options.scaled)
  const { poolBytes = 2 * gibibyte, cropsPerTurn = 32 } = options
  const settings = { seed, batch, crop, poolBytes, cropsPerTurn }
  const plan = createCropPlan(photos, settings)
  const sizes = photos.flatMap(({ views }) => views.map(viewBytes))
  const memory = new PhotoMemory(sizes, options.memoryBytes ?? defaultMemoryBytes())
  const broken = new Set<number>()
  const inUse = new Map<number, number[]>()

  function jobFor(step: number): PhotoJob {
    const choices = broken.size < photos.length ? plan(step, broken) : []
    // A scaled view is made from the whole photo, which is then worth keeping, too.
    const needed = new Set(
      choices.flatMap(({ photo, view }) =>
        memory.isFilled(view.id) ? [view.id] : [view.id, photos[photo].views[0].id],
      ),
    )
    const pages = new Map<number, Uint32Array>()
    for (const view of needed) {
      const place = memory.acquire(view, sizes[view])
      if (place) pages.set(view, place)
    }
    inUse.set(step, [...pages.keys()])
    return { pages, broken }
  }

  function received(result: PhotoResult): void {
    for (const view of inUse.get(result.step) ?? []) memory.release(view)
    inUse.delete(result.step)
    for (const [photo, message] of result.broken) {
      if (!broken.has(photo)) skipped.broken.push({ path: photos[photo].path, message })
      broken.add(photo)
    }
  }

  const threads = createOrderedWorkers<PhotoJob, PhotoResult>({
    module: new URL('./photo-worker.ts', import.meta.url),
    workerData: {
      photos,
      plan: settings,
      recipe: options.recipe,
      parameters,
      shared: memory.shared,
    } satisfies PhotoWorkerData,
    workers,
    ahead,
    startStep,
    jobFor,
    received,
  })
  const shape = [batch, crop, crop, 3] as const
  const source = {
    skipped,
    memoryBytes: () => memory.heldBytes,
    async next() {
      const { step, arrays } = await threads.next()
      return { ...(arrays as RecipeArrays<Name>), step, shape }
    },
    close: threads.close,
  }
  return { ...source, [Symbol.asyncIterator]: () => batchesOf(source) }
}

function checkParameters<Name extends RecipeName>(name: Name, parameters: RecipeParameters<Name>): void {
  ;(recipes[name].check as (parameters: RecipeParameters<Name>) => void)(parameters)
}
