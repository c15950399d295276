import { z } from 'zod'
import { filePath, nothing, type Undo } from './common.ts'
import { modelName } from './denoise.ts'
import { mutation, query, subscription } from './procedure.ts'

/** A model with its card. */
export interface ModelEntry {
  readonly id: string
  readonly title: string
  readonly task: 'denoise' | 'reconstruct' | 'compress' | 'restore'
  readonly architecture: string
  readonly options: Readonly<Record<string, unknown>>
  readonly sha256: string
  readonly bytes: number
  readonly precision: string
  readonly isBundled: boolean
  readonly parent: string | null
  readonly addedAtMs: number
  readonly folder: string
  readonly training: {
    readonly data: string
    readonly licence: string
    readonly steps: number
    readonly minutes: number
    readonly seed: number
    readonly settings: Readonly<Record<string, unknown>>
    readonly note?: string | undefined
  }
  /** figures by name, the unit in the name; may be nested */
  readonly metrics: Readonly<Record<string, unknown>>
}

export const modelsArea = {
  list: query(nothing).gives<ModelEntry[]>(),
  /** a folder with card.json and weights.safetensors, or a zip file of one */
  import: mutation(z.object({ path: filePath })).gives<{ id: string; isNew: boolean }>(),
  /** copied to a folder of the model's name inside `folder` */
  export: mutation(z.object({ id: modelName, folder: filePath })).gives<{ folder: string }>(),
  remove: mutation(z.object({ id: modelName })).gives<Undo>(),
  reveal: mutation(z.object({ id: modelName })).gives<null>(),
  changes: subscription(nothing).gives<{ models: number }>(),
}
