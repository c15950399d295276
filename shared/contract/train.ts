import { z } from 'zod'
import { filePath, nothing, rowId } from './common.ts'
import { mutation, query, subscription } from './procedure.ts'
import type { Savings } from './savings.ts'

/** names a run and the model it makes */
export const runName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,79}$/i,
    'letters, digits, dots, dashes and underscores, a letter or digit first',
  )

/** One thing that can be set, with one line that says what it does. */
export interface TrainSetting {
  readonly name: string
  readonly title: string
  readonly explanation: string
  readonly group: 'network' | 'data' | 'loss' | 'training'
  readonly kind: 'number' | 'choice' | 'switch' | 'list'
  readonly default: unknown
  readonly choices?: readonly string[]
  readonly min?: number
  readonly max?: number
  readonly step?: number
}

/** What can be trained, and on what. */
export interface Trainable {
  readonly architecture: string
  readonly title: string
  readonly task: 'reconstruct' | 'denoise' | 'restore' | 'compress'
  /** what it is for, in one sentence */
  readonly explanation: string
  /** an IDX file may be trained on, too */
  readonly takesIdx: boolean
  readonly takesPhotos: boolean
  readonly settings: readonly TrainSetting[]
}

export interface RunEntry {
  readonly id: string
  readonly architecture: string
  readonly task: string
  readonly status: 'running' | 'paused' | 'finished' | 'interrupted' | 'failed'
  readonly data: string
  readonly parent: string | null
  readonly bestStep: number | null
  /** the loss there; lower is better */
  readonly bestValidation: number | null
  readonly error: string | null
  readonly startedAtMs: number
  readonly endedAtMs: number | null
  readonly folder: string
  /** the model it made */
  readonly model: string | null
  /** what was set other than by default, and the seed */
  readonly settings: Readonly<Record<string, unknown>>
}

/** How a run that is trained here goes. */
export interface RunProgress {
  readonly id: string
  readonly step: number
  readonly totalSteps: number | null
  readonly loss: number
  readonly samplesPerSecond: number
  /** 0 to 1 */
  readonly fraction: number
  readonly msLeft: number | null
  /** of the whole machine, while it trains */
  readonly memoryUsedBytes: number
}

export type TrainEvent =
  /** all runs, the latest first: at once, and whenever one begins, ends or has a new best */
  | { readonly kind: 'runs'; readonly runs: readonly RunEntry[] }
  | ({ readonly kind: 'progress' } & RunProgress)
  /** curves have new points up to this step */
  | { readonly kind: 'validated'; readonly id: string; readonly step: number }
  /** one sentence for people */
  | { readonly kind: 'note'; readonly id: string; readonly text: string }

export interface Curves {
  /** points by the curve's name, thinned to at most a thousand each */
  readonly curves: Readonly<Record<string, readonly (readonly [step: number, value: number])[]>>
  /** where validation parts from training, and what to try */
  readonly overfitting: { readonly step: number; readonly sentence: string } | null
  /** steps of which reconstructions of held-out images are kept; see `samplesUrl` */
  readonly samples: readonly number[]
  /** of a codec that was fine-tuned, once its files were compared */
  readonly savings: Savings | null
  /** figures of the weights it began with and of the best, by name */
  readonly beforeAfter: readonly { readonly name: string; readonly before: number; readonly after: number }[]
}

export const trainData = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('collection'), id: rowId }),
  z.object({ kind: z.literal('paths'), paths: z.array(filePath).min(1).max(1000) }),
  /** all photos of the library */
  z.object({ kind: z.literal('library') }),
  /** the photos that came with the application */
  z.object({ kind: z.literal('samples') }),
])
export type TrainData = z.infer<typeof trainData>

export const trainArea = {
  trainables: query(nothing).gives<Trainable[]>(),
  /** runs and their progress, from any window */
  events: subscription(nothing).gives<TrainEvent>(),
  curves: query(z.object({ id: runName })).gives<Curves>(),
  start: mutation(
    z.object({
      name: runName,
      architecture: z.string().max(40),
      data: trainData,
      /** the model whose weights it starts from */
      parent: z.string().max(80).nullable().default(null),
      /** the photos are noisy, and no clean ones are known */
      selfSupervised: z.boolean().default(false),
      length: z.union([
        z.object({ epochs: z.number().positive().max(10_000) }),
        z.object({ minutes: z.number().positive().max(10_000) }),
        z.object({ steps: z.int().positive() }),
      ]),
      settings: z.record(z.string().max(60), z.json()).default({}),
    }),
  ).gives<{ id: string }>(),
  /** keeps a checkpoint to go on from, also after a restart */
  pause: mutation(z.object({ id: runName })).gives<null>(),
  /** ends it and makes a model of the best weights so far */
  stop: mutation(z.object({ id: runName })).gives<null>(),
  resume: mutation(z.object({ id: runName })).gives<null>(),
  /** forgets a run; its model stays */
  remove: mutation(z.object({ id: runName })).gives<null>(),
  reveal: mutation(z.object({ id: runName })).gives<null>(),
}

/** PNG: held-out images above, what the network makes of them below. */
export const samplesUrl = (id: string, step: number): string =>
  `/train/${encodeURIComponent(id)}/samples-${step}`
