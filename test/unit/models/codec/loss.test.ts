import { expect, test } from 'vitest'
import {
  type NamedTensors,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tf,
} from '../../../../main/engine/tensorflow.ts'
import { codec } from '../../../../main/models/codec/codec.ts'
import { forward } from '../../../../main/models/codec/forward.ts'
import { codecLoss, lambdaAt, meanSquaredError, rateDistortion } from '../../../../main/models/codec/loss.ts'
import { codecOptions, lambdas } from '../../../../main/models/codec/options.ts'
import { startingParameters } from '../../../../main/models/layers/parameters.ts'
import { Random } from '../../../../shared/random.ts'

const options = codecOptions.parse({ width: 8, blocks: 1, latents: 12, hyper: 6, context: 8, groups: [4, 8] })

function batchOf(seed: number): NamedTensors {
  const random = new Random(seed)
  const uniform = (shape: number[], low: number, high: number) =>
    tf.tensor(
      Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.between(low, high)),
      shape,
    )
  return {
    images: uniform([2, 64, 64, 3], 0, 1),
    level: tf.tensor1d([0.4, 6.3]),
    'noise.y': uniform([2, 4, 4, 12], -0.5, 0.5),
    'noise.z': uniform([2, 1, 1, 6], -0.5, 0.5),
  }
}

test('lambda is that of the table at whole levels, and the loss weighs as the docstring says', () => {
  const found = lambdaAt(tf.range(0, 8, 1, 'float32') as Tensor1D).dataSync()
  for (const [level, lambda] of lambdas.entries()) expect(found[level]! / lambda).toBeCloseTo(1, 5)
  const lambda = lambdas[7]!
  const loss = rateDistortion(tf.tensor1d([0.5]), tf.tensor1d([1e-3]), tf.tensor1d([7])).dataSync()[0]!
  expect(loss).toBeCloseTo((0.5 + lambda * 1e-3) / lambda ** 0.25, 4)
})

/** Fresh weights, with transforms that pass something on and hyper-latents that are not all 0. */
function parameters(): NamedTensors {
  const p = startingParameters(codec.parameters(options), new Random(1))
  const normal = (name: string, seed: number) => tf.randomNormal(p[name]!.shape, 0, 0.1, 'float32', seed)
  return {
    ...p,
    klt_analysis: normal('klt_analysis', 4),
    klt_synthesis: normal('klt_synthesis', 3),
    'hyper_analysis.4.bias': tf.fill([6], 3),
  }
}

type Part = (p: NamedTensors, batch: NamedTensors) => Tensor
const coded = (p: NamedTensors, { images, level, ...noise }: NamedTensors) => {
  const rounding = { y: noise['noise.y'] as Tensor4D, z: noise['noise.z'] as Tensor4D }
  return forward(p, images as Tensor4D, level as Tensor1D, rounding, options)
}
const error: Part = (p, batch) => meanSquaredError(coded(p, batch).image, batch.images as Tensor4D).sum()
const rate: Part = (p, batch) => coded(p, batch).bitsPerPixel.sum()
const rateOfHyper: Part = (p, batch) => coded(p, batch).bitsPerPixelZ.sum().mul(1000)

// Where no rounding lies between the weight and the figure there is a difference quotient to compare with.
test.each<[string, Part, number]>([
  ['klt_synthesis', error, 0.05],
  ['synthesis.2.weight', error, 0.1],
  ['log_inverse_gain', error, 0.05],
  ['parameters_of.1.3.weight', rate, 0.1],
  ['mean_z', rateOfHyper, 0.1],
  ['log_scale_z', rateOfHyper, 0.1],
])('the gradient with respect to %s is the difference quotient', (name, part, step) => {
  tf.tidy(() => {
    const p = parameters()
    const batch = batchOf(2)
    const at = (weight: Tensor) => part({ ...p, [name]: weight }, batch)
    let slope = tf.grad(at)(p[name]!)
    // Of mean and scale only the latter; the former moves what is rounded.
    if (name.startsWith('parameters_of'))
      slope = slope.mul(tf.tensor1d([...Array(8).fill(0), ...Array(8).fill(1)]))
    const unit = slope.div(slope.norm())
    const moved = (by: number) => at(p[name]!.add(unit.mul(by))).dataSync()[0]!
    const quotient = (moved(step) - moved(-step)) / (2 * step)
    expect(Math.abs(quotient / slope.norm().dataSync()[0]! - 1)).toBeLessThan(0.02)
  })
})

test('every weight but the spread of the KLT has a gradient', () => {
  tf.tidy(() => {
    const p = parameters()
    const names = Object.keys(p)
    const slopes = tf.grads((...weights) =>
      codecLoss(Object.fromEntries(names.map((name, i) => [name, weights[i]!])), batchOf(3), options),
    )(Object.values(p))
    const still = names.filter((_, i) => slopes[i]!.abs().max().dataSync()[0] === 0)
    expect(still).toEqual(['log_std'])
  })
})
