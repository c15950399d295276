import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import { computeModes } from '../engine/compile/compile.ts'
import { type NamedTensors, tf } from '../engine/tensorflow.ts'
import type { ParameterSpec } from '../models/layers/parameters.ts'
import { readSafetensors, type StoredTensors, writeSafetensors } from '../models/safetensors.ts'
import { checkpointPath } from './paths.ts'

/** JSON has no NaN: the training loss before the first step. */
const numberOrNaN = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN)

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
  /** the same of the gradient's norm */
  runningNorm: z.number().nullable().default(null),
  /** sum and count of the losses since the last validation */
  lossSum: z.number(),
  lossCount: z.int(),
  /**
   * the latest points of the curves: when a kill takes the catalog's process, too, it may not have heard of them,
   * although the checkpoint is beyond them
   */
  recent: z.array(z.strictObject({ name: z.string(), step: z.int(), value: numberOrNaN })).default([]),
  /** what early stopping remembers; see `StoppingState` */
  stopping: z.strictObject({
    best: z.strictObject({ step: z.int(), validationLoss: z.number(), trainingLoss: numberOrNaN }).nullable(),
    validationsSinceBest: z.int().min(0),
    warned: z.boolean(),
  }),
  /** what computed: a resume elsewhere goes on, but not bit for bit */
  backend: z.string(),
  threads: z.int(),
  /** how steps were computed; older runs: eagerly */
  compute: z.enum(computeModes).default('eager'),
})
export type RunState = z.infer<typeof runState>

/** With these points as the newest; a few reports' worth is kept. */
export function remembered(recent: RunState['recent'], points: RunState['recent']): RunState['recent'] {
  return [...recent, ...points].slice(-1000)
}

export interface RunTensors {
  readonly parameters: NamedTensors
  readonly average: NamedTensors
  readonly optimizer: NamedTensors
}

const groups = ['parameters', 'average', 'optimizer'] as const

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

/** @throws AppError `not-found` when the folder holds no checkpoint, `corrupt` when it is damaged or another network's */
export async function loadCheckpoint(
  folder: string,
  specs: readonly ParameterSpec[],
): Promise<{ state: RunState; tensors: RunTensors }> {
  const path = checkpointPath(folder)
  const { tensors: stored, metadata } = await readSafetensors(path)
  const state = runState.safeParse(parseJson(metadata.state))
  if (!state.success) throw new AppError('corrupt', `${path} holds no run state`)
  const missing = specs.find(({ name }) => !stored[`parameters:${name}`] || !stored[`average:${name}`])
  if (missing) throw new AppError('corrupt', `${path} lacks the weight '${missing.name}'`)
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

/** Removes what a kill in the middle of a write left in a run's folder: `<name>.safetensors.<number>`. */
export async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  for (const name of names) {
    if (/\.safetensors\.\d+$/.test(name)) await rm(join(folder, name), { force: true })
  }
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return null
  }
}
