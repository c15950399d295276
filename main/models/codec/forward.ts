import { type NamedTensors, type Tensor, type Tensor1D, type Tensor4D, tf } from '../../engine/tensorflow.ts'
import { codeLatents, probabilityOfHyper } from './entropy-model.ts'
import { roundThrough } from './gradients.ts'
import type { CodecOptions } from './options.ts'
import { analyse, at, hyperAnalyse, hyperSynthesise, synthesise } from './transforms.ts'

/** Uniform in [-0.5, 0.5): y (n, h / 16, w / 16, latents), z (n, h / 64, w / 64, hyper). */
export interface RoundingNoise {
  readonly y: Tensor4D
  readonly z: Tensor4D
}

export type Coded = {
  /** (n, h, w, 3), not clipped */
  readonly image: Tensor4D
  /** estimated, (n) */
  readonly bitsPerPixel: Tensor1D
  /** the hyper-latents' share, (n) */
  readonly bitsPerPixelZ: Tensor1D
  /** rounded hyper-latents; mean, scale and decoded value of each latent, all in steps */
  readonly details: { readonly [name in 'z' | 'mean' | 'scale' | 'decoded']: Tensor4D }
}

/**
 * A picture through the codec, with its rate estimated. `hard`: as a file would be. With noise, the rate is that of
 * values with noise in place of rounding, and gradients pass the rounding (Ballé et al. 2017, arXiv 1611.01704).
 * @param x (n, h, w, 3) in [0, 1], sides multiples of 64
 * @param level (n) from 0 to 7; a single picture may be given several levels, and n is then theirs
 */
export function forward(
  p: NamedTensors,
  x: Tensor4D,
  level: Tensor1D,
  rounding: RoundingNoise | 'hard',
  { blocks, groups }: CodecOptions,
): Coded {
  return tf.tidy(() => {
    const noise = rounding === 'hard' ? null : rounding
    const factor = (name: string) => at(p, name, level).exp()
    const y0 = analyse(p, x, blocks)
    const gainZ = factor('log_gain_z')
    const z = hyperAnalyse(p, y0).mul(gainZ) as Tensor4D
    const zHat = roundThrough(z) as Tensor4D
    const hyper = hyperSynthesise(p, zHat.div(gainZ))
    const gain = factor('log_gain') as Tensor4D
    const y = y0.mul(gain) as Tensor4D
    const { probability, ...latents } = codeLatents(p, { y, hyper, gain }, noise?.y ?? null, groups)
    const pixels = x.shape[1] * x.shape[2]
    const rated = (noise ? z.add(noise.z) : zHat) as Tensor4D
    const bitsPerPixelZ = bits(probabilityOfHyper(p, rated, level), pixels)
    return {
      image: synthesise(p, latents.decoded.mul(factor('log_inverse_gain')), blocks),
      bitsPerPixel: bits(probability, pixels).add(bitsPerPixelZ) as Tensor1D,
      bitsPerPixelZ,
      details: { z: zHat, ...latents },
    }
  })
}

function bits(probability: Tensor, pixels: number): Tensor1D {
  return probability
    .log()
    .sum([1, 2, 3])
    .mul(-Math.LOG2E / pixels) as Tensor1D
}
