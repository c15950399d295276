import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import { type NamedTensors, tf } from '../engine/tensorflow.ts'
import { readSafetensors, type StoredTensors, writeSafetensors } from '../models/safetensors.ts'

/** Everything besides tensors that a run needs to go on as if it had not stopped. */
export const runState = z.strictObject({
  /** steps taken, skipped ones included: the random state, as every random number is drawn from (seed, step) */
  step: z.int().min(0),
  /** updates made: what the optimizer counts */
  updates: z.int().min(0),
  /** time spent in steps and validations, over all parts of the run */
  elapsedMs: z.number(),
  skipped: z.int().min(0),
  /** running mean of the loss, for finding spikes; null before the first step */
  runningLoss: z.number().nullable(),
  /** sum and count of the losses since the last validation */
  lossSum: z.number(),
  lossCount: z.int(),
  stopping: z.any(),
  /** what computed: a resume elsewhere goes on, but not bit for bit */
  backend: z.string(),
  threads: z.int(),
})
export type RunState = z.infer<typeof runState>

export interface RunTensors {
  readonly parameters: NamedTensors
  readonly average: NamedTensors
  readonly optimizer: NamedTensors
}

const groups = ['parameters', 'average', 'optimizer'] as const

export function checkpointPath(folder: string): string {
  return join(folder, 'checkpoint.safetensors')
}

/** Atomic: a kill at any moment leaves the last whole checkpoint. */
export async function saveCheckpoint(folder: string, state: RunState, tensors: RunTensors): Promise<void> {
  const stored: StoredTensors = {}
  for (const group of groups) {
    for (const [name, tensor] of Object.entries(tensors[group])) {
      stored[`${group}:${name}`] = { shape: tensor.shape, data: tensor.dataSync() as Float32Array }
    }
  }
  await writeSafetensors(checkpointPath(folder), {
    tensors: stored,
    metadata: { state: JSON.stringify(state) },
  })
}

/** @throws AppError `not-found` when the folder holds no checkpoint, `corrupt` when it is damaged */
export async function loadCheckpoint(folder: string): Promise<{ state: RunState; tensors: RunTensors }> {
  const { tensors: stored, metadata } = await readSafetensors(checkpointPath(folder))
  const state = runState.safeParse(JSON.parse(metadata.state ?? 'null'))
  if (!state.success) throw new AppError('corrupt', `${checkpointPath(folder)} holds no run state`)
  const pick = (group: string): NamedTensors =>
    Object.fromEntries(
      Object.entries(stored)
        .filter(([name]) => name.startsWith(`${group}:`))
        .map(([name, { shape, data }]) => [
          name.slice(group.length + 1),
          tf.tensor(data, [...shape], 'float32'),
        ]),
    )
  return {
    state: state.data,
    tensors: { parameters: pick('parameters'), average: pick('average'), optimizer: pick('optimizer') },
  }
}
