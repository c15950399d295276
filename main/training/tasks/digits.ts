import { AppError } from '../../../shared/errors.ts'
import type { AutoencoderLossSettings } from '../../models/autoencoder/loss-settings.ts'
import type { AutoencoderNetwork } from '../../models/autoencoder/network.ts'
import { type IdxImages, idxImages } from '../data/idx.ts'
import type { DigitsData } from '../data-settings.ts'
import type { TrainingTask } from '../task.ts'
import { createSmallImagesTask } from './small-images.ts'

export interface DigitsTaskOptions {
  readonly network: AutoencoderNetwork
  readonly data: DigitsData
  readonly loss: AutoencoderLossSettings
  /** an IDX file of small images */
  readonly images: string
  readonly trainingCount: number
  /** only the first so many are looked at; 0 or more than there are: all */
  readonly imageCount?: number
  /** further IDX files that are trained on */
  readonly extra?: readonly string[]
  readonly batch: number
  readonly seed: number
  readonly startStep: number
}

/** Reconstruction of an IDX file's images: the first `trainingCount` are trained on, the rest judge. */
export async function createDigitsTask(options: DigitsTaskOptions): Promise<TrainingTask> {
  const { network, trainingCount, imageCount = 0, extra = [], ...rest } = options
  const images = firstOf(await idxImages(options.images), imageCount)
  const { rows, columns, channels } = images
  const size = rows * columns * channels
  if (size !== network.inputs) {
    const sides = channels === 1 ? `${rows} x ${columns}` : `${rows} x ${columns} x ${channels}`
    throw new AppError(
      'bad-input',
      `${options.images} holds images of ${sides} = ${size} pixels; the network takes ` +
        `${network.inputs} (set inputs=${size}, or rows=${rows} columns=${columns} channels=${channels})`,
    )
  }
  if (trainingCount >= images.count) {
    throw new AppError(
      'bad-input',
      `trainingCount: expected less than the ${images.count} images, got ${trainingCount}`,
    )
  }
  const all = await withExtra(images, options.images, extra)
  return createSmallImagesTask({
    ...{ ...rest, network, images: all },
    training: [...range(0, trainingCount), ...range(images.count, all.count)],
    heldOut: range(trainingCount, images.count),
  })
}

/** The images with those of further files behind them. */
async function withExtra(images: IdxImages, path: string, extra: readonly string[]): Promise<IdxImages> {
  if (extra.length === 0) return images
  const others = await Promise.all(extra.map((file) => idxImages(file)))
  for (const [i, { rows, columns, channels }] of others.entries()) {
    if (rows === images.rows && columns === images.columns && channels === images.channels) continue
    throw new AppError(
      'bad-input',
      `${extra[i]}: expected images of ${images.rows} x ${images.columns} x ${images.channels} as in ${path}, got ` +
        `${rows} x ${columns} x ${channels}`,
    )
  }
  const pixels = Buffer.concat([images, ...others].map((each) => each.pixels))
  const count = [images, ...others].reduce((sum, each) => sum + each.count, 0)
  return { ...images, count, pixels, labels: null }
}

/** The first `count` images; 0: all. */
function firstOf(images: IdxImages, count: number): IdxImages {
  if (count === 0 || count >= images.count) return images
  const size = images.pixels.length / images.count
  return { ...images, count, pixels: images.pixels.subarray(0, count * size), labels: null }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i)
}
