import { type ComputeMode, compile } from '../engine/compile/compile.ts'
import { type NamedTensors, type Scalar, type Tensor, tf } from '../engine/tensorflow.ts'
import type { RunTensors } from './checkpoint.ts'
import type { Optimizer, Rates, RateTensors } from './optimizers/optimizer.ts'
import type { Batch, TrainingTask } from './task.ts'

export interface Gradients {
  readonly loss: number
  /** Euclidean norm over all gradients together */
  readonly norm: number
  readonly gradients: NamedTensors
}

/** What one step computes, compiled: gradients, then (unless the step is skipped) the update. */
export interface StepFunctions {
  /** Loss and gradients of one batch. The gradients are the caller's to dispose. */
  gradients(parameters: NamedTensors, batch: NamedTensors): Gradients
  /** The tensors after an update; disposes the old ones and the gradients. */
  update(tensors: RunTensors, gradients: NamedTensors, numbers: UpdateNumbers): RunTensors
  dispose(): void
}

export interface UpdateNumbers {
  readonly rates: Rates
  /** number of this update, from 1 */
  readonly t: number
  /** what gradients are scaled by; see `clipScale` */
  readonly clip: number
  /** share of the old average that stays */
  readonly averageKeep: number
}

/** @param mode of the gradients; the update keeps float32 where they are computed in bfloat16 */
export function createStep(
  task: Pick<TrainingTask, 'loss' | 'constants'>,
  optimizer: Optimizer,
  mode: ComputeMode,
): StepFunctions {
  const compiledGradients = compile(
    (given: { parameters: NamedTensors; batch: NamedTensors }) =>
      lossAndGradients(task, given.parameters, given.batch),
    { mode },
  )
  const compiledUpdate = compile((given: UpdateInputs) => updated(optimizer, given), {
    mode: mode === 'bfloat16' ? 'float32' : mode,
  })
  return {
    gradients(parameters, batch) {
      const { figures, gradients } = compiledGradients({ parameters, batch })
      // One read for both: it is where this thread waits for the device.
      const [loss, norm] = figures.dataSync() as Float32Array
      figures.dispose()
      return { loss: loss!, norm: norm!, gradients }
    },
    update(tensors, gradients, { rates, t, clip, averageKeep }) {
      const numbers = {
        rates: optimizer.rateTensors(rates, t),
        clip: tf.scalar(clip),
        follow: tf.scalar(1 - averageKeep),
      }
      const next = compiledUpdate({ ...tensors, gradients, ...numbers })
      tf.dispose([{ ...tensors }, gradients, numbers])
      return next
    },
    dispose() {
      compiledGradients.dispose()
      compiledUpdate.dispose()
    },
  }
}

/** What gradients above the global norm `limit` are scaled by (Pascanu et al., ICML 2013); 0: never. */
export function clipScale(norm: number, limit: number): number {
  return limit === 0 || norm <= limit ? 1 : limit / norm
}

function lossAndGradients(
  task: Pick<TrainingTask, 'loss' | 'constants'>,
  parameters: NamedTensors,
  batch: NamedTensors,
): { figures: Tensor; gradients: NamedTensors } {
  const names = Object.keys(parameters)
  const named = (tensors: readonly Tensor[]) =>
    Object.fromEntries(names.map((name, i) => [name, tensors[i]!]))
  // Outside of what is differentiated, so that nothing of it is computed backwards.
  const known = { ...batch, ...task.constants?.(parameters, batch) }
  const lossOf = (...weights: Tensor[]) => task.loss(named(weights), known)
  const { value, grads } = tf.valueAndGrads(lossOf)(names.map((name) => parameters[name]!))
  const norm = tf.addN(grads.map((gradient) => gradient.square().sum())).sqrt()
  return { figures: tf.stack([value, norm]), gradients: named(grads) }
}

type UpdateInputs = {
  parameters: NamedTensors
  average: NamedTensors
  optimizer: NamedTensors
  gradients: NamedTensors
  rates: RateTensors
  clip: Scalar
  follow: Scalar
}

/** Clipped gradients, the optimizer's update, and the average that follows the weights. */
function updated(optimizer: Optimizer, given: UpdateInputs) {
  const { average, clip, follow, rates } = given
  const gradients = mapTensors(given.gradients, (gradient) => gradient.mul(clip))
  const { parameters, state } = optimizer.update({
    ...{ parameters: given.parameters, gradients, state: given.optimizer, rates },
  })
  const moved = mapTensors(average, (old, name) => old.add(parameters[name]!.sub(old).mul(follow)))
  return { parameters, average: moved, optimizer: state }
}

export function batchTensors(batch: Batch): NamedTensors {
  return Object.fromEntries(
    Object.entries(batch).map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape], 'float32')]),
  )
}

export function mapTensors(tensors: NamedTensors, f: (tensor: Tensor, name: string) => Tensor): NamedTensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, f(tensor, name)]))
}
