import { type NamedTensors, type Scalar, type Tensor, tf } from '../engine/tensorflow.ts'
import type { Batch, TrainingTask } from './task.ts'

export interface Gradients {
  readonly loss: number
  /** Euclidean norm over all gradients together */
  readonly norm: number
  readonly gradients: NamedTensors
}

/** Loss and gradients of one batch. The gradients are the caller's to dispose. */
export function gradientsOf(task: TrainingTask, parameters: NamedTensors, batch: NamedTensors): Gradients {
  const names = Object.keys(parameters)
  const { figures, gradients } = tf.tidy(() => {
    const lossOf = (...weights: Tensor[]) =>
      task.loss(Object.fromEntries(names.map((name, i) => [name, weights[i]])), batch)
    const { value, grads } = tf.valueAndGrads(lossOf)(names.map((name) => parameters[name]))
    const squares = grads.map((gradient) => gradient.square().sum() as Scalar)
    const norm = tf.addN(squares).sqrt()
    return { figures: tf.stack([value, norm]), gradients: grads }
  })
  // One read for both: it is where this thread waits for the device.
  const [loss, norm] = figures.dataSync()
  figures.dispose()
  return { loss, norm, gradients: Object.fromEntries(names.map((name, i) => [name, gradients[i]])) }
}

/** Scales gradients whose global norm is above `limit` down to it (Pascanu et al., ICML 2013). Disposes the old ones. */
export function clipped({ gradients, norm }: Gradients, limit: number): NamedTensors {
  if (limit === 0 || norm <= limit) return gradients
  const scale = limit / norm
  const result = tf.tidy(() => mapTensors(gradients, (gradient) => gradient.mul(scale)))
  tf.dispose(gradients)
  return result
}

/** average + (1 - keep) (weights - average): the averaged weights after a step. Disposes the old average. */
export function movedAverage(average: NamedTensors, parameters: NamedTensors, keep: number): NamedTensors {
  const next = tf.tidy(() =>
    mapTensors(average, (old, name) => old.add(parameters[name].sub(old).mul(1 - keep))),
  )
  tf.dispose(average)
  return next
}

export function batchTensors(batch: Batch): NamedTensors {
  return Object.fromEntries(
    Object.entries(batch).map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape], 'float32')]),
  )
}

export function mapTensors(tensors: NamedTensors, f: (tensor: Tensor, name: string) => Tensor): NamedTensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, f(tensor, name)]))
}
