import { z } from 'zod'

export const codecOptions = z
  .strictObject({
    /** channels of the transforms at 1/8 of the picture's size */
    width: z.int().positive().default(96),
    /** residual blocks of each transform */
    blocks: z.int().min(0).default(3),
    /** channels of the code at 1/16 */
    latents: z.int().min(1).max(768).default(256),
    /** channels of the hyper-latents at 1/64 */
    hyper: z.int().positive().default(96),
    /** channels between the hyper-latents and mean and scale */
    context: z.int().positive().default(128),
    /** latents decoded together, in this order */
    groups: z.array(z.int().positive()).min(1).default([16, 48, 192]),
  })
  .refine(
    ({ latents, groups }) => groups.reduce((sum, size) => sum + size, 0) === latents,
    'the groups together must be all latents',
  )
export type CodecOptions = z.infer<typeof codecOptions>

/** Rates that the gains are learned at; a level is a number from 0 to `levels` - 1. */
export const levels = 8

/** Weight of the mean squared error (pixels in [0, 1]) against bits per pixel, at each level. */
export const lambdas: readonly number[] = Array.from({ length: levels }, (_, level) => lambdaAt(level))

/** The same at any level from 0 to 7, log-linear between them. */
export function lambdaAt(level: number): number {
  return 0.0018 * 100 ** (level / (levels - 1)) * 255 ** 2
}
