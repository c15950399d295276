import {
  type NamedTensors,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tf,
} from '../../engine/tensorflow.ts'
import { codeLatents } from './entropy-model.ts'
import type { CodecOptions } from './options.ts'
import { at, hyperSynthesise, synthesise } from './transforms.ts'

/** Latents on their way, and what Adam remembers of their gradients: all (1, rows, columns, latents), in steps. */
export type Refinement = { readonly y: Tensor; readonly mean: Tensor; readonly square: Tensor }

export type RefinementStep = {
  readonly p: NamedTensors
  readonly state: Refinement
  /** (1, h, w, 3) in [0, 1] */
  readonly x: Tensor
  /** rounded hyper-latents in steps (1, rows / 4, columns / 4, hyper) */
  readonly z: Tensor
  /** (1), from 0 to 7 */
  readonly level: Tensor
  /** within (0, 1), of the shape of y */
  readonly noise: Tensor
  /** bits that a squared error of 1, summed over the pixels' values, is worth */
  readonly perError: Tensor
  /** of the choice between the two nearest values; how far a step goes; its number, from 1 on */
  readonly temperature: Tensor
  readonly rate: Tensor
  readonly count: Tensor
}

const [keptMean, keptSquare, least] = [0.9, 0.99, 1e-3]

/**
 * One step of stochastic Gumbel annealing (Yang, Bamler and Mandt 2020, arXiv 2006.04240): each latent's distance from
 * its mean is, softly, one of the two whole numbers around it, drawn by how near they are; gradients of bits and error
 * flow through the draw, and the temperature falls until it is a choice. Then a step of Adam.
 */
export function refine(
  { p, state, x, z, level, noise, perError, temperature, rate, count }: RefinementStep,
  { blocks, groups }: CodecOptions,
): Refinement {
  const factor = (name: string) => at(p, name, level as Tensor1D).exp() as Tensor4D
  const gain = factor('log_gain')
  const inverse = factor('log_inverse_gain')
  const hyper = hyperSynthesise(p, z.div(factor('log_gain_z')) as Tensor4D)
  const drawn = (distance: Tensor, own: (all: Tensor4D) => Tensor4D) => {
    const below = distance.floor()
    const above = tf.clipByValue(distance.sub(below), 1e-4, 1 - 1e-4)
    // atanh(above) - atanh(1 - above): how much nearer the upper one is
    const odds = above
      .add(1)
      .mul(above)
      .div(tf.sub(1, above).mul(tf.sub(2, above)))
      .log()
      .mul(0.5)
    const uniform = own(noise as Tensor4D)
    const gumbels = uniform.div(tf.sub(1, uniform)).log()
    return below.add(odds.div(temperature).add(gumbels).div(temperature).sigmoid())
  }
  const cost = (y: Tensor): Scalar => {
    const latents = codeLatents(p, { y: y as Tensor4D, hyper, gain }, null, groups, drawn)
    const bits = latents.probability.log().sum().mul(-Math.LOG2E)
    const image = synthesise(p, latents.decoded.mul(inverse) as Tensor4D, blocks)
    return bits.add(image.sub(x).square().sum().mul(perError)) as Scalar
  }
  const slope = tf.grad((y) => cost(y))(state.y)
  const mean = state.mean.mul(keptMean).add(slope.mul(1 - keptMean))
  const square = state.square.mul(keptSquare).add(slope.square().mul(1 - keptSquare))
  const unbiased = (sum: Tensor, kept: number) => sum.div(tf.sub(1, tf.pow(kept, count)))
  const step = unbiased(mean, keptMean).div(unbiased(square, keptSquare).sqrt().add(least))
  return { y: state.y.sub(step.mul(rate)), mean, square }
}
