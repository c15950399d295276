import { z } from 'zod'

/** What training adds to the plain network, mostly against overfitting. */
export const denseLossSettings = z.strictObject({
  loss: z.enum(['mse', 'bce']).default('mse'),
  /** share of the hidden units left out of each step */
  dropout: z.number().min(0).max(0.9).default(0),
  /** weight of the mean absolute code, for sparse codes */
  codeL1: z.number().min(0).default(0),
})
export type DenseLossSettings = z.infer<typeof denseLossSettings>
