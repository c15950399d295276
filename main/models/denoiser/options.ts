import { z } from 'zod'

export const denoiserOptions = z
  .strictObject({
    /** channels at 1/2, 1/4, 1/8 ... of the picture's size */
    widths: z.array(z.int().positive()).min(2).default([64, 64, 128]),
    /** residual blocks at each of them */
    blocks: z.array(z.int().min(0)).min(2).default([1, 2, 3]),
  })
  .refine(({ widths, blocks }) => widths.length === blocks.length, 'as many widths as blocks are needed')
export type DenoiserOptions = z.infer<typeof denoiserOptions>
