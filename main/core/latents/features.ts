import { AppError } from '../../../shared/errors.ts'
import { kMeans } from '../../latents/clusters.ts'
import { classifyLogistic, fitLogistic } from '../../latents/logistic.ts'
import { classifyByNeighbours } from '../../latents/nearest.ts'
import { type Points, pointsOf, selectPoints } from '../../latents/points.ts'
import { coordinatesOf, fitProjection } from '../../latents/project.ts'
import { accuracy, confusionMatrix, mutualInformation } from '../../latents/scores.ts'
import type { Collection } from './collection.ts'

/** What classifiers and clusters make of one kind of feature. */
export interface FeatureScores {
  readonly features: string
  /** numbers of each image */
  readonly length: number
  /** shares of the held-out images that got their own label, 0 to 1 */
  readonly neighbours: number
  readonly logistic: number
  /** mutual information of k-means' clusters of the training images with their labels, 0 to 1 */
  readonly clusters: number
  /** held-out images by true label (row) and nearest neighbours' label (column) */
  readonly confusion: readonly (readonly number[])[]
}

export interface FeatureOptions {
  /** the first so many items are learned from, the rest is held out */
  readonly trainingCount: number
  /** of the training items, only so many first ones have labels; all by default */
  readonly labelled?: number | undefined
  readonly k?: number
  readonly seed?: number
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((step: string) => void) | undefined
}

/**
 * Classifies held-out images by their codes, beside the same classifiers on raw pixels and on as many principal components
 * of them (fitted to the training images).
 * @throws AppError `bad-input` for a collection without labels, or a training count that leaves nothing
 */
export async function scoreFeatures(
  collections: readonly Collection[],
  options: FeatureOptions,
): Promise<FeatureScores[]> {
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
  const truth = Int32Array.from(items, ({ label }) => label!)
  const pixels = pointsOf(values, values.length / items.length)
  const lengths = [...new Set(collections.map(({ points }) => points.length))]
  const train = range(0, trainingCount)
  const rows: FeatureScores[] = [await scores('raw pixels', pixels, truth, labels.length, options)]
  for (const length of lengths) {
    const pca = fitProjection(selectPoints(pixels, train), length)
    const coordinates = pointsOf(coordinatesOf(pca, pixels), pca.components.length)
    rows.push(await scores(`PCA of the pixels`, coordinates, truth, labels.length, options))
  }
  for (const { model, points } of collections)
    rows.push(await scores(model.id, points, truth, labels.length, options))
  return rows
}

async function scores(
  features: string,
  points: Points,
  truth: Int32Array,
  classes: number,
  { trainingCount, labelled = trainingCount, k = 5, seed = 0, signal, onProgress }: FeatureOptions,
): Promise<FeatureScores> {
  onProgress?.(features)
  // Between the long computations messages are heard: an abort, or the window's other calls.
  const breathe = async () => {
    await new Promise((resolve) => setImmediate(resolve))
    signal?.throwIfAborted()
  }
  await breathe()
  const train = selectPoints(points, range(0, trainingCount))
  const known = selectPoints(points, range(0, labelled))
  const heldOut = selectPoints(points, range(trainingCount, points.count))
  const expected = truth.subarray(trainingCount)
  const byNeighbours = classifyByNeighbours(known, truth, heldOut, k)
  await breathe()
  const logistic = fitLogistic(known, truth.subarray(0, labelled), {
    classes,
    maxRounds: 40,
    ...(signal ? { signal } : {}),
  })
  const byLogistic = classifyLogistic(logistic, heldOut)
  await breathe()
  const { assignments } = kMeans(train, classes, { seed, starts: 2, signal })
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
