import { expect, test } from 'vitest'
import { computeModes } from '../../../main/engine/compile/compile.ts'
import { type NamedTensors, type Scalar, type Tensor, tf } from '../../../main/engine/tensorflow.ts'
import { createOptimizer } from '../../../main/training/optimizers/optimizer.ts'
import { batchTensors, clipScale, createStep } from '../../../main/training/step.ts'

const loss = (p: NamedTensors, batch: NamedTensors) =>
  batch.x!.mul(p.a!).sum().add(p.b!.square().sum()) as Scalar
const values = (tensor: Tensor | undefined) => [...tensor!.dataSync()]

test.each(computeModes)(
  '%s: gradients gives the loss, the gradients and their norm over all weights',
  (mode) => {
    const before = tf.memory().numTensors
    const step = createStep({ loss }, createOptimizer('sgd'), mode)
    const parameters = { a: tf.tensor1d([1, 2]), b: tf.tensor1d([6]) }
    const batch = batchTensors({ x: { shape: [2], data: new Float32Array([3, 4]) } })
    const found = step.gradients(parameters, batch)
    expect(found.loss).toBe(3 + 8 + 36)
    expect(found.norm).toBe(13) // of 3, 4 and 12
    expect([values(found.gradients.a), values(found.gradients.b)]).toEqual([[3, 4], [12]])
    tf.dispose([parameters, batch, found.gradients])
    step.dispose()
    expect(tf.memory().numTensors).toBe(before)
  },
)

test('clipScale scales only what is too long, and 0 never clips', () => {
  expect(clipScale(13, 6.5)).toBe(0.5)
  expect(clipScale(13, 13)).toBe(1)
  expect(clipScale(13, 0)).toBe(1)
})

test.each(computeModes)('%s: update clips, moves the weights, and the average keeps its share', (mode) => {
  const before = tf.memory().numTensors
  const step = createStep({ loss }, createOptimizer('sgd'), mode)
  let held = {
    parameters: { a: tf.tensor1d([10, 20]) } as NamedTensors,
    average: { a: tf.tensor1d([0, 40]) } as NamedTensors,
    optimizer: {} as NamedTensors,
  }
  // The numbers change from step to step: none may be baked in.
  for (const [learningRate, clip, averageKeep] of [
    [0.5, 1, 0.75],
    [2, 0.5, 0.5],
  ] as const) {
    const rates = { learningRate, muonLearningRate: 1, weightDecay: 0 }
    held = step.update(held, { a: tf.tensor1d([4, -8]) }, { rates, t: 1, clip, averageKeep })
  }
  expect(values(held.parameters.a)).toEqual([4, 32]) // 10 - 2 - 4, 20 + 4 + 8
  expect(values(held.average.a)).toEqual([3, 34]) // 0 -> 2 -> 3, 40 -> 36 -> 34
  tf.dispose([held.parameters, held.average])
  step.dispose()
  expect(tf.memory().numTensors).toBe(before)
})
