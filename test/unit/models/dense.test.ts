import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type NamedTensors, type Tensor, type Tensor2D, tf } from '../../../main/engine/tensorflow.ts'
import { autoencoderLoss } from '../../../main/models/autoencoder/loss.ts'
import { autoencoderLossSettings } from '../../../main/models/autoencoder/loss-settings.ts'
import { dense } from '../../../main/models/dense/dense.ts'
import { denseOptions } from '../../../main/models/dense/options.ts'
import { parametersFromFile, startingParameters } from '../../../main/models/layers/parameters.ts'
import { Random } from '../../../shared/random.ts'
import { formula, largestDifference } from '../training/formula.ts'

interface Case {
  activation: 'relu' | 'elu' | 'tanh' | 'sigmoid'
  loss: 'mse' | 'bce'
  l1: number
  dropout: boolean
  value: number
  code: number[]
  output: number[]
  derivatives: Record<string, number>
}
const goldenFile = join(import.meta.dirname, '../../golden/training/dense.json')
const cases: Case[] = JSON.parse(await readFile(goldenFile, 'utf8'))

const small = { inputs: 6, hidden: [5, 4], code: 3 }
const layers = ['encoder.0', 'encoder.1', 'encoder.2', 'decoder.0', 'decoder.1', 'decoder.2']

function smallWeights(specs: ReturnType<typeof dense.parameters>): NamedTensors {
  const stored = specs.map(({ name, shape }) => {
    const layer = layers.indexOf(name.replace(/\.[a-z]+$/, ''))
    const count = shape.reduce((product, side) => product * side, 1)
    const isWeight = name.endsWith('weight')
    const data = formula(count, isWeight ? layer : 50 + layer).map((value) => (isWeight ? 3 * value : value))
    return [name, { shape, data }] as const
  })
  return parametersFromFile(specs, Object.fromEntries(stored), 'formula')
}

// Source: NumPy in float64 (scripts/goldens/training.py), derivatives by central differences; float32 here.
test.each(cases)(
  '$activation, $loss, L1 $l1, dropout $dropout: values and gradients equal NumPy',
  (golden) => {
    const before = tf.memory().numTensors
    tf.tidy(() => {
      const options = denseOptions.parse({ ...small, activation: golden.activation })
      const network = dense.build(options)
      const p = smallWeights(dense.parameters(options))
      const x = tf.tensor2d(
        formula(42, 100).map((value) => value + 0.5),
        [7, 6],
      )
      const maskOf = (width: number, k: number) =>
        tf.tensor2d(
          formula(7 * width, 200 + k).map((value) => (value < -0.25 ? 0 : 1 / 0.75)),
          [7, width],
        )
      expect(network.maskWidths).toEqual([5, 4, 4, 5])
      const masks = golden.dropout ? network.maskWidths.map(maskOf) : []

      const { code, logits } = network.forward(p, x, { masks })
      expect(largestDifference(code.dataSync(), golden.code)).toBeLessThan(1e-5)
      expect(largestDifference(tf.sigmoid(logits).dataSync(), golden.output)).toBeLessThan(1e-6)
      if (!golden.dropout) {
        const { code } = network.encode(p, x) as { code: Tensor }
        expect(largestDifference(code.dataSync(), golden.code)).toBeLessThan(1e-5)
        const rebuilt = network.reconstruct(p, x)
        expect(largestDifference(rebuilt.dataSync(), golden.output)).toBeLessThan(1e-6)
        expect(network.decode(p, { code }).dataSync()).toEqual(rebuilt.dataSync())
      }

      const settings = autoencoderLossSettings.parse({
        ...{ loss: golden.loss, codeL1: golden.l1, dropout: golden.dropout ? 0.25 : 0 },
      })
      const batch = {
        input: x,
        target: x,
        ...Object.fromEntries(masks.map((mask, i) => [`mask.${i}`, mask])),
      }
      const names = Object.keys(golden.derivatives)
      const lossOf = (...weights: Tensor[]) =>
        autoencoderLoss(
          network,
          { ...p, ...Object.fromEntries(names.map((n, i) => [n, weights[i]])) },
          batch,
          settings,
        )
      const { value, grads } = tf.valueAndGrads(lossOf)(names.map((name) => p[name]!))
      expect(Math.abs(value.dataSync()[0]! - golden.value)).toBeLessThan(1e-6)
      // (out, in) in the golden, (in, out) in memory
      const places: Record<string, number[]> = { 'encoder.0.weight': [1, 2], 'decoder.2.weight': [4, 5] }
      for (const [i, name] of names.entries()) {
        const at = places[name] ?? [1]
        const derivative = grads[i]!.slice(
          at,
          at.map(() => 1),
        ).dataSync()[0]!
        expect(Math.abs(derivative - golden.derivatives[name]!)).toBeLessThan(1e-5)
      }
    })
    expect(tf.memory().numTensors).toBe(before)
  },
)

test('the default is the network of the article: 784-128-64-32-16-32-64-128-784', () => {
  const options = denseOptions.parse({})
  const specs = dense.parameters(options)
  const shapes = specs.filter(({ name }) => name.endsWith('weight')).map(({ shape }) => shape)
  const widths = [784, 128, 64, 32, 16, 32, 64, 128, 784]
  expect(shapes).toEqual(widths.slice(1).map((width, i) => [width, widths[i]]))
  const count = specs.reduce((sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1), 0)
  expect(count).toBe(223_456)
  expect(options.activation).toBe('relu')
  const plain = { loss: 'mse', dropout: 0, codeL1: 0, codeKl: 0, contractive: 0 }
  expect(autoencoderLossSettings.parse({})).toMatchObject(plain)
})

test('cross-entropy neither overflows nor vanishes where the sigmoid does', () => {
  const loss = tf.tidy(() => {
    const options = denseOptions.parse({ inputs: 1, hidden: [], code: 1 })
    const p = {
      'encoder.0.weight': tf.tensor2d([1], [1, 1]),
      'encoder.0.bias': tf.tensor1d([0]),
      'decoder.0.weight': tf.tensor2d([200], [1, 1]),
      'decoder.0.bias': tf.tensor1d([0]),
    }
    const batch = { input: tf.tensor2d([1, -1], [2, 1]), target: tf.tensor2d([0, 1], [2, 1]) }
    return autoencoderLoss(
      dense.build(options),
      p,
      batch,
      autoencoderLossSettings.parse({ loss: 'bce' }),
    ).dataSync()[0]
  })
  expect(loss).toBe(200)
})

test('fresh weights: the same for a seed, others for another, and live signals through every layer', () => {
  tf.tidy(() => {
    const options = denseOptions.parse({})
    const specs = dense.parameters(options)
    const [a, b, other] = [1, 1, 2].map((seed) => startingParameters(specs, new Random(seed)))
    expect(a!['encoder.0.weight']!.dataSync()).toEqual(b!['encoder.0.weight']!.dataSync())
    expect(a!['encoder.0.weight']!.dataSync()).not.toEqual(other!['encoder.0.weight']!.dataSync())
    const { code } = dense
      .build(options)
      .forward(a!, tf.randomUniform([64, 784], 0, 1, 'float32', 1) as Tensor2D)
    expect(tf.moments(code, 0).variance.min().dataSync()[0]).toBeGreaterThan(1e-4)
  })
})
