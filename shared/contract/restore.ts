import { z } from 'zod'
import { filePath, rowId } from './common.ts'
import { modelName } from './denoise.ts'
import type { PreviewEvent } from './preview.ts'
import { mutation, query, subscription } from './procedure.ts'

/** names a mask that the core keeps: of its pixels */
export const maskKey = z.string().regex(/^m[0-9a-f]{32}$/, 'expected a key of a mask')

/** `biharmonic`, `smooth`, or a model for restoring */
export const restoreMethod = modelName

/** What is known of the lost pixels: where a mask begins. */
export const lostPixels = z.discriminatedUnion('kind', [
  /** a picture of the same size, bright where pixels are lost */
  z.object({ kind: z.literal('file'), path: filePath }),
  /** pixels of about this colour, 8 bits a channel; `tolerance` for each channel */
  z.object({
    kind: z.literal('colour'),
    rgb: z.tuple([z.int().min(0).max(255), z.int().min(0).max(255), z.int().min(0).max(255)]),
    tolerance: z.int().min(0).max(255).default(0),
  }),
  /** what a damage of the noise models would lose */
  z.object({
    kind: z.literal('damage'),
    model: z.string().max(50),
    parameters: z.record(z.string().max(50), z.union([z.number(), z.string().max(50)])).default({}),
    seed: z
      .int()
      .min(0)
      .max(2 ** 52),
  }),
])
export type LostPixels = z.input<typeof lostPixels>

/** Lengths of runs of kept and lost pixels in turn, row by row: see shared/maths/runs.ts. */
export const maskRuns = z
  .array(
    z
      .int()
      .min(0)
      .max(2 ** 32),
  )
  .max(500_000)

export interface RestoreFacts {
  readonly method: string
  readonly seconds: number
  /** share of the pixels that was lost, 0 to 1 */
  readonly lost: number
  /** over the lost pixels alone, of an 8-bit result; null where nobody knows what was there */
  readonly lostPsnrDb: number | null
}

/** Filling what is lost; what is not stays as it is. */
export const restoreArea = {
  findLost: query(z.object({ image: rowId, lost: lostPixels })).gives<{ runs: number[] }>(),
  /** keeps a mask, for previews and for jobs that go on after a restart */
  keepMask: mutation(z.object({ image: rowId, runs: maskRuns })).gives<{ mask: string }>(),
  /** the same request again comes from the cache */
  preview: subscription(
    z.object({
      image: rowId,
      mask: maskKey,
      method: restoreMethod,
      /** the photo is sound where the mask says lost: it was damaged to try this out */
      isTrial: z.boolean().default(false),
    }),
  ).gives<PreviewEvent<RestoreFacts>>(),
}
