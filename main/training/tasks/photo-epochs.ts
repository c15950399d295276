import type { SkippedPhotos } from '../data/photo-views.ts'

interface PhotoRun {
  readonly training: readonly string[]
  readonly batch: number
  /** side of the crops in pixels */
  readonly crop: number
  /** what the batches leave out; see `createPhotoBatches` */
  readonly skipped: SkippedPhotos
}

/** How a task on crops of photos counts its steps, and what it says of photos that are left out. */
export function photoEpochs({ training, batch, crop, skipped: { tooSmall, broken } }: PhotoRun) {
  return {
    samplesPerStep: batch,
    // An epoch: as many crops as there are photos, times the crops that cover a photo of half a megapixel.
    stepsPerEpoch: Math.max(1, Math.round((training.length * 500_000) / (batch * crop * crop))),
    notes: [
      ...(tooSmall.length
        ? [`${tooSmall.length} photos are smaller than ${crop} x ${crop} and are left out`]
        : []),
      ...broken.map(({ message }) => message),
    ],
  }
}
