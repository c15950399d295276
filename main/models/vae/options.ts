import { z } from 'zod'
import { halves, halvesMessage, imageShape } from '../conv/options.ts'

export const vaeOptions = z.strictObject(imageShape).refine(halves, halvesMessage)
export type VaeOptions = z.infer<typeof vaeOptions>
