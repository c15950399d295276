import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type NamedTensors, type Tensor3D, tf } from '../../../../main/engine/tensorflow.ts'
import { muonTakes, orthogonalise } from '../../../../main/training/optimizers/muon.ts'
import { createOptimizer } from '../../../../main/training/optimizers/optimizer.ts'
import type { OptimizerKind } from '../../../../main/training/settings.ts'
import { formulaTensor, largestDifference } from '../formula.ts'

const goldenFile = join(import.meta.dirname, '../../../golden/training/optimizers.json')
const golden: Record<string, Record<'plain' | 'decayed', number[]>> = JSON.parse(
  await readFile(goldenFile, 'utf8'),
)

/** The weights after five updates at a rate of 0.01, of tensors whose gradients follow the formula. */
function afterFive(kind: OptimizerKind, weights: Record<string, number[]>, weightDecay = 0) {
  const optimizer = createOptimizer(kind)
  const before = tf.memory().numTensors
  const tensors = (seed: number): NamedTensors =>
    Object.fromEntries(Object.entries(weights).map(([name, shape]) => [name, formulaTensor(shape, seed)]))
  let parameters = tensors(0)
  let state = optimizer.start(parameters)
  const numbers = { learningRate: 0.01, muonLearningRate: 0.01, weightDecay }
  for (let t = 1; t <= 5; t++) {
    const gradients = tensors(t)
    const rates = optimizer.rateTensors(numbers, t)
    const next = optimizer.update({ parameters, gradients, state, rates })
    tf.dispose([parameters, gradients, state, { ...rates }])
    ;({ parameters, state } = next)
  }
  const values = Object.fromEntries(
    Object.entries(parameters).map(([name, tensor]) => [name, tensor.dataSync() as Float32Array]),
  )
  tf.dispose([parameters, state])
  expect(tf.memory().numTensors).toBe(before)
  return values
}

// Source: Keras 3.15.1 (see scripts/goldens/training.py); weights are of the order of 0.1, steps of 0.01.
test.each(['sgd', 'momentum', 'rmsprop', 'adam'] as const)('%s moves weights as Keras does', (kind) => {
  expect(largestDifference(afterFive(kind, { w: [3, 4] }).w!, golden[kind]!.plain)).toBeLessThan(2e-7)
  const decayed = afterFive(kind, { w: [3, 4] }, 0.1).w!
  expect(largestDifference(decayed, golden[kind]!.decayed)).toBeLessThan(2e-7)
  expect(largestDifference(decayed, golden[kind]!.plain)).toBeGreaterThan(1e-3)
})

// The same source; five Newton-Schulz steps in float32 amplify rounding.
test('muon moves convolutions as Keras moves their matrices, several of one shape at once', () => {
  const shapes = { tall: [3, 3, 4, 32], again: [3, 3, 4, 32], wide: [1, 1, 32, 40] }
  const moved = afterFive('muon', shapes)
  expect(largestDifference(moved.tall!, golden.muonTall!.plain)).toBeLessThan(1e-5)
  expect(moved.again).toEqual(moved.tall)
  expect(largestDifference(moved.wide!, golden.muonWide!.plain)).toBeLessThan(1e-5)
  const decayed = afterFive('muon', shapes, 0.1)
  expect(largestDifference(decayed.tall!, golden.muonTall!.decayed)).toBeLessThan(1e-5)
})

test('muon leaves biases, dense layers and small convolutions to Adam', () => {
  expect(muonTakes('a.weight', tf.zeros([3, 3, 4, 32]))).toBe(true)
  expect(muonTakes('a.weight', tf.zeros([3, 3, 4, 31]))).toBe(false)
  expect(muonTakes('a.weight', tf.zeros([1, 1, 31, 64]))).toBe(false)
  expect(muonTakes('a.weight', tf.zeros([64, 64]))).toBe(false)
  const mixed = afterFive('muon', { bias: [12], conv: [3, 3, 4, 32], dense: [3, 4] })
  expect(mixed.dense).toEqual(afterFive('adam', { dense: [3, 4] }).dense)
  expect(mixed.bias).toEqual(afterFive('adam', { bias: [12] }).bias)
})

test('weight decay spares biases', () => {
  const shapes = { bias: [12] }
  expect(afterFive('adam', shapes, 0.1).bias).toEqual(afterFive('adam', shapes).bias)
})

test('orthogonalise makes all singular values nearly one', () => {
  const gram = tf.tidy(() => {
    const x = orthogonalise(formulaTensor([2, 8, 40], 3) as Tensor3D)
    return tf.matMul(x, x, false, true).arraySync() as number[][][]
  })
  for (const matrix of gram) {
    for (const [i, row] of matrix.entries()) {
      // The iteration is made to be fast: it leaves squared singular values within about 0.5 to 1.5.
      for (const [j, value] of row.entries()) expect(Math.abs(value - Number(i === j))).toBeLessThan(0.6)
    }
  }
})
