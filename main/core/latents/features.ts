import { join } from 'node:path'
import type { FeatureScore } from '../../../shared/contract/latents.ts'
import { AppError } from '../../../shared/errors.ts'
import { Random } from '../../../shared/random.ts'
import { kMeans } from '../../latents/clusters.ts'
import { classifyLogistic, fitLogistic } from '../../latents/logistic.ts'
import { classifyByNeighbours } from '../../latents/nearest.ts'
import { type Points, pointsOf, selectPoints } from '../../latents/points.ts'
import { coordinatesOf, fitProjection } from '../../latents/project.ts'
import { accuracy, confusionMatrix, mutualInformation } from '../../latents/scores.ts'
import { inThread, type ThreadOptions } from '../../platform/thread.ts'
import type { Collection } from './collection.ts'

export interface FeatureOptions {
  /** so many items are learned from: the first of an IDX file, photos drawn by the seed; the rest is held out */
  readonly trainingCount: number
  /** of the training items, only so many first ones have labels; all by default */
  readonly labelled?: number | undefined
  readonly k?: number
  readonly seed?: number
}

/** What is compared, as a thread gets it. */
export interface LabelledFeatures {
  /** label of each item, below `classes` */
  readonly truth: Int32Array
  readonly classes: number
  readonly pixels: Points
  readonly codes: readonly { readonly name: string; readonly points: Points }[]
}

/**
 * Classifies held-out images by their codes, beside the same classifiers on raw pixels and on as many principal components
 * of them (fitted to the training images); in a thread of its own.
 * @throws AppError `bad-input` for a collection without labels, or a training count that leaves nothing; `aborted`
 */
export async function scoreFeatures(
  collections: readonly Collection[],
  { signal, onProgress, ...options }: FeatureOptions & Omit<ThreadOptions, 'what'>,
): Promise<FeatureScore[]> {
  const [first] = collections
  const { items, labels, values } = first!
  const { trainingCount } = options
  if (items.some(({ label }) => label === null) || labels.length < 2) {
    throw new AppError(
      'bad-input',
      'classification needs labels: an IDX file of them, or photos in several folders',
    )
  }
  if (!(trainingCount > 0 && trainingCount < items.length)) {
    throw new AppError('bad-input', `training count: expected 1 to ${items.length - 1}, got ${trainingCount}`)
  }
  // Photos come folder by folder: the last of them would all have one label.
  const order = range(0, items.length)
  if (items.some(({ path: file }) => file !== null)) new Random([options.seed ?? 0]).shuffle(order)
  const features: LabelledFeatures = {
    truth: Int32Array.from(order, (i) => items[i]!.label!),
    classes: labels.length,
    pixels: selectPoints(pointsOf(values, values.length / items.length), order),
    codes: collections.map(({ model, points }) => ({ name: model.id, points: selectPoints(points, order) })),
  }
  const path = join(import.meta.dirname, 'feature-worker.ts')
  return inThread(path, { features, options }, { signal, onProgress, what: 'classifying' })
}

/** The same, here and now. */
export function compareFeatures(
  { truth, classes, pixels, codes }: LabelledFeatures,
  options: FeatureOptions,
  onProgress?: (fraction: number, step: string) => void,
): FeatureScore[] {
  const lengths = [...new Set(codes.map(({ points }) => points.length))]
  const train = range(0, options.trainingCount)
  const steps: { name: string; features: () => Points }[] = [
    { name: 'raw pixels', features: () => pixels },
    ...lengths.map((length) => ({
      name: 'PCA of the pixels',
      features: () => {
        const pca = fitProjection(selectPoints(pixels, train), length)
        return pointsOf(coordinatesOf(pca, pixels), pca.components.length)
      },
    })),
    ...codes.map(({ name, points }) => ({ name, features: () => points })),
  ]
  return steps.map(({ name, features }, i) => {
    const tell = (part: number) => onProgress?.((i + part) / steps.length, name)
    tell(0)
    return scores(name, features(), truth, classes, options, tell)
  })
}

function scores(
  features: string,
  points: Points,
  truth: Int32Array,
  classes: number,
  { trainingCount, labelled = trainingCount, k = 5, seed = 0 }: FeatureOptions,
  onProgress: (part: number) => void,
): FeatureScore {
  const train = selectPoints(points, range(0, trainingCount))
  const known = selectPoints(points, range(0, labelled))
  const heldOut = selectPoints(points, range(trainingCount, points.count))
  const expected = truth.subarray(trainingCount)
  const byNeighbours = classifyByNeighbours(known, truth, heldOut, k)
  onProgress(0.3)
  const logistic = fitLogistic(known, truth.subarray(0, labelled), { classes, maxRounds: 40 })
  const byLogistic = classifyLogistic(logistic, heldOut)
  onProgress(0.7)
  const { assignments } = kMeans(train, classes, { seed, starts: 2 })
  return {
    ...{ features, length: points.length },
    neighbours: accuracy(expected, byNeighbours),
    logistic: accuracy(expected, byLogistic),
    clusters: mutualInformation(truth.subarray(0, trainingCount), assignments),
    confusion: confusionMatrix(expected, byNeighbours, classes),
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i)
}
