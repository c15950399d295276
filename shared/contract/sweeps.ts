import { z } from 'zod'
import { range } from '../sweep-range.ts'
import { nothing, type SentError } from './common.ts'
import type { JobStatus } from './jobs.ts'
import { mutation, subscription } from './procedure.ts'
import { runName, trainData } from './train.ts'

/** One trial: a run of its own. */
export interface SweepTrial {
  /** names its run */
  readonly run: string
  /** what is tried in it; `model` is the architecture where several are tried */
  readonly settings: Readonly<Record<string, unknown>>
  /** of the longest rung it has reached */
  readonly epochs: number
  /** the best so far; null where it failed or has not reached a rung */
  readonly figure: number | null
  readonly status: 'waiting' | 'training' | 'stopped early' | 'finished' | 'failed'
  readonly error: string | null
  /** the model it made */
  readonly model: string | null
}

export interface SweepEntry {
  readonly id: string
  /** pause, go on and cancel it in the queue */
  readonly job: number
  readonly status: JobStatus
  /** what trials are compared by: `mse`, `loss/validation` or a figure in decibels */
  readonly by: string
  readonly isHigherBetter: boolean
  readonly architecture: string
  readonly data: string
  readonly minEpochs: number
  readonly maxEpochs: number
  readonly eta: number
  readonly createdAtMs: number
  readonly error: SentError | null
  /** what it does now, in words */
  readonly message: string
  /** the best first */
  readonly trials: readonly SweepTrial[]
}

/** Several architectures and settings, the hopeless stopped early. */
export const newSweep = z.object({
  name: runName,
  models: z.array(z.string().max(40)).min(1).max(10),
  data: trainData,
  /** what each setting may be */
  tries: z.record(z.string().max(60), range),
  /** all combinations, or so many drawn */
  trials: z.union([z.literal('grid'), z.int().min(1).max(1000)]),
  seed: z.int().min(0).default(0),
  /** of every trial, and of the best */
  minEpochs: z.number().positive().max(10_000),
  maxEpochs: z.number().positive().max(10_000),
  /** of so many trials one goes on, so many times as long */
  eta: z.number().min(2).max(10).default(3),
  /** settings of every trial */
  settings: z.record(z.string().max(60), z.json()).default({}),
})
export type NewSweep = z.input<typeof newSweep>

export const sweepsArea = {
  /** all of them, the latest first, also those of the command line: at once, and when something became known */
  entries: subscription(nothing).gives<readonly SweepEntry[]>(),
  start: mutation(newSweep).gives<SweepEntry>(),
  /** forgets a sweep with its trials' runs; models stay */
  remove: mutation(z.object({ job: z.int().positive() })).gives<null>(),
}
