/** What a codec that was fine-tuned saves on photos that it has not learned from: lengths of real .hgi files. */
export interface Savings {
  /** of the model it began with; the other one is asked for the same PSNR, photo by photo */
  readonly quality: number
  /** held-out photos, or pieces of a megapixel from their middles, and their pixels together */
  readonly photos: number
  readonly pixels: number
  readonly before: CodedSum
  readonly after: CodedSum
  /** all photos that were named for the training; the pixels are estimated from some of them */
  readonly archive: { readonly photos: number; readonly pixels: number }
  /** of the new model's own file, which has to be kept with what it made */
  readonly modelBytes: number
}

export interface CodedSum {
  readonly model: string
  readonly bytes: number
  /** mean over the photos */
  readonly psnrDb: number
}

/** Bytes less over the whole archive, extrapolated by its pixels; below 0 where they are more. */
export function archiveSaving({ before, after, pixels, archive }: Savings): number {
  return ((before.bytes - after.bytes) / pixels) * archive.pixels
}

/** Smaller files, or those of the old model stay the better ones. */
export function isWorth({ before, after }: Savings): boolean {
  return after.bytes < before.bytes
}
