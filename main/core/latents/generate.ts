import { dirname } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import type { Model } from '../../catalog/models.ts'
import { writeImage } from '../../imaging/write.ts'
import { selectPoints } from '../../latents/points.ts'
import { drawCodes, fitPrior, type Prior, standardNormal } from '../../latents/prior.ts'
import { makeFolder } from '../../platform/folders.ts'
import { writeIdx } from '../../training/data/write-idx.ts'
import type { Core } from '../core.ts'
import { refOf } from '../model-library.ts'
import type { Collection } from './collection.ts'
import { imageGrid, imageShapeOf } from './image-shape.ts'

export type PriorKind = 'normal' | 'gaussian' | 'mixture'

export interface GenerateOptions {
  readonly count: number
  readonly seed: number
  /** deviations are multiplied by it: below 1 tamer images, above 1 wilder ones */
  readonly temperature: number
  readonly signal?: AbortSignal | undefined
}

export interface Generated {
  /** count * inputs, values in [0, 1] */
  readonly images: Float32Array
  /** class of each image, where the prior is one of each class */
  readonly labels: Uint8Array | null
}

/**
 * Where a model's codes lie: the standard normal prior of a variational model, or one fitted to a collection's codes.
 * @throws AppError `bad-input` where the prior needs what is not there
 */
export function priorOf(
  model: Model,
  kind: PriorKind,
  collection: Collection | null,
  { parts = 10, signal }: { parts?: number; signal?: AbortSignal | undefined } = {},
): Prior {
  if (kind === 'normal') {
    if (model.architecture !== 'vae') {
      throw new AppError(
        'bad-input',
        `model '${model.id}' was not trained towards a normal prior: fit one to its codes`,
      )
    }
    return standardNormal(
      (model.card as { architecture: { options: { code: number } } }).architecture.options.code,
    )
  }
  if (!collection) throw new AppError('bad-input', `a fitted prior needs images whose codes it is fitted to`)
  return fitPrior(collection.points, {
    parts: kind === 'mixture' ? Math.min(parts, collection.points.count) : 1,
    signal,
  })
}

/** Decodes draws from a prior. */
export async function generate(
  core: Core,
  model: Model,
  prior: Prior,
  options: GenerateOptions,
): Promise<Generated> {
  const { count, seed, temperature, signal } = options
  const codes = drawCodes(prior, count, seed, temperature)
  const images = await core.inference.call('decodeCodes', { model: refOf(model), count, codes }, { signal })
  return { images, labels: null }
}

/** As `generate`, from a normal prior fitted to each class's codes; as many of each, in turn. */
export async function generateByClass(
  core: Core,
  { model, items, labels, points }: Collection,
  { count, seed, temperature, signal }: GenerateOptions,
): Promise<Generated> {
  const classes = labels.map((_, label) => items.flatMap((item, i) => (item.label === label ? [i] : [])))
  const empty = classes.findIndex((indices) => indices.length < 2)
  if (labels.length === 0 || empty >= 0) {
    throw new AppError(
      'bad-input',
      `a prior of each class needs two images of each, '${labels[empty] ?? 'labels'}' has fewer`,
    )
  }
  // Few codes say little of their covariance: the ridge keeps it from being flat.
  const priors = classes.map((indices) =>
    fitPrior(selectPoints(points, indices), {
      ridge: indices.length < 4 * points.length ? 0.3 : 1e-2,
      signal,
    }),
  )
  const each = Math.ceil(count / labels.length)
  const drawn = priors.map((prior, k) => drawCodes(prior, each, seed * 1000 + k, temperature))
  const codes = new Float32Array(count * points.length)
  for (let i = 0; i < count; i++) {
    const at = Math.floor(i / labels.length) * points.length
    codes.set(drawn[i % labels.length]!.subarray(at, at + points.length), i * points.length)
  }
  const images = await core.inference.call('decodeCodes', { model: refOf(model), count, codes }, { signal })
  return { images, labels: Uint8Array.from({ length: count }, (_, i) => i % labels.length) }
}

/** Writes drawn images as a picture, and as a data set (IDX) where a name for it is given. */
export async function keepGenerated(
  model: Model,
  { images, labels }: Generated,
  { picture, dataset, perRow = 16 }: { picture: string; dataset?: string | undefined; perRow?: number },
): Promise<{ picture: string; images: string | null; labels: string | null }> {
  const shape = imageShapeOf(model)
  await makeFolder(dirname(picture))
  const shown = images.subarray(0, Math.min(images.length, 256 * shape.rows * shape.columns * shape.channels))
  await writeImage(picture, imageGrid(shown, shape, perRow), { format: 'png', overwrite: true })
  if (!dataset) return { picture, images: null, labels: null }
  const { rows, columns, channels } = shape
  const count = images.length / (rows * columns * channels)
  const sides = channels === 1 ? [count, rows, columns] : [count, rows, columns, channels]
  const paths = {
    images: `${dataset}-images-idx${sides.length}-ubyte`,
    labels: `${dataset}-labels-idx1-ubyte`,
  }
  await makeFolder(dirname(dataset))
  await writeIdx(
    paths.images,
    sides,
    Uint8Array.from(images, (value) => Math.round(255 * Math.min(1, Math.max(0, value)))),
  )
  if (labels) await writeIdx(paths.labels, [count], labels)
  return { picture, images: paths.images, labels: labels ? paths.labels : null }
}
