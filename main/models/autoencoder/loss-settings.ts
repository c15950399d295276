import { z } from 'zod'

/** What training adds to the plain network: against overfitting, or to shape the code. */
export const autoencoderLossSettings = z.strictObject({
  loss: z.enum(['mse', 'bce']).default('mse'),
  /** share of the hidden units left out of each step */
  dropout: z.number().min(0).max(0.9).default(0),
  /** weight of the mean absolute code, for sparse codes */
  codeL1: z.number().min(0).default(0),
  /** weight of the divergence of each code value's mean activity from `sparsity`, for sparse codes */
  codeKl: z.number().min(0).default(0),
  /** mean of sigmoid(code) that `codeKl` asks for */
  sparsity: z.number().gt(0).lt(1).default(0.05),
  /** weight of the code's squared slope (contractive): a code that small changes of the input leave as it is */
  contractive: z.number().min(0).default(0),
  /** weight of the code's divergence from the prior, of variational networks alone; 1 is the evidence bound */
  beta: z.number().min(0).default(1),
})
export type AutoencoderLossSettings = z.infer<typeof autoencoderLossSettings>
