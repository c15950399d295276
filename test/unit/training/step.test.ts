import { expect, test } from 'vitest'
import { type NamedTensors, type Scalar, type Tensor, tf } from '../../../main/engine/tensorflow.ts'
import { batchTensors, clipped, gradientsOf, movedAverage } from '../../../main/training/step.ts'
import type { TrainingTask } from '../../../main/training/task.ts'

const loss = (p: NamedTensors, batch: NamedTensors) =>
  batch.x!.mul(p.a!).sum().add(p.b!.square().sum()) as Scalar
const values = (tensor: Tensor | undefined) => [...tensor!.dataSync()]

function gradients() {
  const parameters = { a: tf.tensor1d([1, 2]), b: tf.tensor1d([6]) }
  const batch = batchTensors({ x: { shape: [2], data: new Float32Array([3, 4]) } })
  const found = gradientsOf({ loss } as unknown as TrainingTask, parameters, batch)
  tf.dispose([parameters, batch])
  return found
}

test('gradientsOf gives the loss, the gradients and their norm over all weights', () => {
  const before = tf.memory().numTensors
  const found = gradients()
  expect(found.loss).toBe(3 + 8 + 36)
  expect(found.norm).toBe(13) // of 3, 4 and 12
  expect([values(found.gradients.a), values(found.gradients.b)]).toEqual([[3, 4], [12]])
  tf.dispose(found.gradients)
  expect(tf.memory().numTensors).toBe(before)
})

test('clipped scales all gradients together, only when they are too long, and 0 never clips', () => {
  const before = tf.memory().numTensors
  const short = clipped(gradients(), 6.5)
  expect(values(short.a)).toEqual([1.5, 2])
  expect(values(short.b)).toEqual([6])
  const same = clipped(gradients(), 13)
  expect(values(same.b)).toEqual([12])
  const never = clipped(gradients(), 0)
  expect(values(never.b)).toEqual([12])
  tf.dispose([short, same, never])
  expect(tf.memory().numTensors).toBe(before)
})

test('movedAverage keeps its share of the old average', () => {
  const before = tf.memory().numTensors
  const parameters = { a: tf.tensor1d([10, 20]) }
  const average = movedAverage({ a: tf.tensor1d([0, 40]) }, parameters, 0.75)
  expect(values(average.a)).toEqual([2.5, 35])
  tf.dispose([parameters, average])
  expect(tf.memory().numTensors).toBe(before)
})
