import { z } from 'zod'
import { rowId } from './common.ts'
import type { Histogram } from './denoise.ts'
import type { PreviewEvent } from './preview.ts'
import { subscription } from './procedure.ts'

export const noiseSettings = z.object({
  /** a key of shared/noise/models.ts */
  model: z.string().min(1).max(100),
  parameters: z.record(z.string(), z.union([z.number(), z.string().max(100)])).default({}),
  seed: z
    .int()
    .min(0)
    .max(2 ** 52)
    .default(0),
  /** quantise to so many bits after clipping; null: to what the picture holds */
  bits: z.int().min(1).max(16).nullable().default(null),
})

export interface NoiseFacts {
  readonly psnrDb: number
  readonly histogram: Histogram
  readonly seconds: number
}

/** The list of noise models with their parameters needs no call: shared/noise/models.ts. Saving is a job. */
export const noiseArea = {
  /** The whole picture, with the very noise that saving it with this seed gives. */
  preview: subscription(z.object({ image: rowId, ...noiseSettings.shape })).gives<PreviewEvent<NoiseFacts>>(),
}
