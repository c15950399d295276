import { z } from 'zod'

export const denseOptions = z.strictObject({
  /** values of one input, e.g. 28 x 28 pixels */
  inputs: z.int().positive().default(784),
  /** widths of the encoder's hidden layers; the decoder mirrors them */
  hidden: z.array(z.int().positive()).default([128, 64, 32]),
  /** numbers in the code */
  code: z.int().positive().default(16),
  activation: z.enum(['relu', 'elu', 'tanh', 'sigmoid']).default('relu'),
})
export type DenseOptions = z.infer<typeof denseOptions>
