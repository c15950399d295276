import { z } from 'zod'
import type { AutoencoderLossSettings } from '../../models/autoencoder/loss-settings.ts'
import type { AutoencoderNetwork } from '../../models/autoencoder/network.ts'
import { imageShape } from '../../models/conv/options.ts'
import { joinImages, type SmallShape, smallPhotos } from '../data/small-photos.ts'
import type { DigitsData, SmallPhotoData } from '../data-settings.ts'
import type { TrainingTask } from '../task.ts'
import { createSmallImagesTask } from './small-images.ts'

export interface ThumbnailsTaskOptions {
  readonly network: AutoencoderNetwork
  readonly shape: SmallShape
  readonly data: DigitsData
  readonly photos: SmallPhotoData
  readonly loss: AutoencoderLossSettings
  readonly training: readonly string[]
  readonly validation: readonly string[]
  readonly batch: number
  readonly seed: number
  readonly startStep: number
}

/** Reconstruction of photos seen small: each as a thumbnail, or patches cut from it. */
export async function createThumbnailsTask(options: ThumbnailsTaskOptions): Promise<TrainingTask> {
  const { shape, photos, seed, training, validation, ...rest } = options
  const read = (paths: readonly string[]) => smallPhotos(paths, { ...shape, ...photos, seed })
  const [learned, judged] = [await read(training), await read(validation)]
  const images = joinImages([learned.images, judged.images])
  const indices = Array.from({ length: images.count }, (_, i) => i)
  return createSmallImagesTask({
    ...{ ...rest, seed, images, notes: [...learned.skipped, ...judged.skipped] },
    training: indices.slice(0, learned.images.count),
    heldOut: indices.slice(learned.images.count),
  })
}

/** Rows, columns and channels of a convolutional network's images. */
export function imageShapeOf(options: unknown): SmallShape {
  const { rows, columns, channels } = imageShape
  return z.object({ rows, columns, channels }).parse(options)
}
