import type { BlendAmounts } from '../../shared/blend/blend.ts'
import type { Histogram, Similarity } from '../../shared/contract/denoise.ts'
import type { PictureNoise } from '../../shared/metrics/noise-level/estimate-picture-noise.ts'
import type { Samples } from '../imaging/raster.ts'

/** A picture without its metadata; its depth is that of its samples. */
export interface PlainPicture {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  readonly pixels: Samples
}

/** What the process beside the engines does: long work on pixels that needs no TensorFlow. */
export type PixelTasks = {
  /** clipped, quantised to `bits` where they are given, at `depth` */
  noise: {
    input: PlainPicture & {
      readonly model: string
      readonly parameters: Readonly<Record<string, number | string>>
      readonly seed: readonly number[]
      readonly bits: number | null
      readonly depth: 8 | 16
    }
    output: { noisy: Samples; psnrDb: number; histogram: Histogram }
    progress: never
  }
  /** of a picture or its `noiseSample` */
  estimate: { input: PlainPicture; output: PictureNoise; progress: never }
  /** of `b` against `a`, of the same shape */
  similarity: { input: { a: PlainPicture; b: PlainPicture }; output: Similarity; progress: never }
  /** as it is shown and exported: `clean` is what `original` became at full strength */
  blend: {
    input: { original: PlainPicture; clean: PlainPicture; sigma255: number; blend: BlendAmounts }
    output: Samples
    progress: never
  }
  /** how `b` differs from `a` */
  residual: { input: { a: PlainPicture; b: PlainPicture }; output: Histogram; progress: never }
}
