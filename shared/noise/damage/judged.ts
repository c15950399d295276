import type { GivenParameters } from '../model.ts'

/** The damages that restoration is judged on, in training and in evaluation. */
export const judgedDamages: readonly { readonly model: string; readonly parameters: GivenParameters }[] = [
  { model: 'holes', parameters: { coverage: 10, size: 24 } },
  { model: 'scratches', parameters: { perMegapixel: 120, thickness: 4 } },
  { model: 'missing-lines', parameters: { share: 15, thickness: 3 } },
  { model: 'lost-blocks', parameters: { share: 10, block: '16', run: 2 } },
]
