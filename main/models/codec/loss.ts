import { type NamedTensors, type Scalar, type Tensor1D, type Tensor4D, tf } from '../../engine/tensorflow.ts'
import { forward } from './forward.ts'
import { type CodecOptions, lambdas, levels } from './options.ts'

/** Weight of the squared error at levels (n): log-linear between those of `lambdas`, (n) */
export function lambdaAt(level: Tensor1D): Tensor1D {
  const slope = Math.log(lambdas[levels - 1]! / lambdas[0]!) / (levels - 1)
  return level.mul(slope).add(Math.log(lambdas[0]!)).exp() as Tensor1D
}

/**
 * Rate and distortion of each picture in one number, divided so that no level drowns the others: (n)
 * @param bitsPerPixel (n)
 * @param squaredError mean over the pixels in [0, 1] (n)
 */
export function rateDistortion(bitsPerPixel: Tensor1D, squaredError: Tensor1D, level: Tensor1D): Tensor1D {
  const lambda = lambdaAt(level)
  return bitsPerPixel.add(squaredError.mul(lambda)).div(lambda.pow(0.25)) as Tensor1D
}

/**
 * @param batch `images` (n, h, w, 3) in [0, 1], `level` (n) from 0 to 7, and what is uniform in [-0.5, 0.5):
 *   `noise.y` (n, h / 16, w / 16, latents), `noise.z` (n, h / 64, w / 64, hyper)
 */
export function codecLoss(p: NamedTensors, batch: NamedTensors, options: CodecOptions): Scalar {
  const { images, level } = batch as { images: Tensor4D; level: Tensor1D }
  const noise = { y: batch['noise.y'] as Tensor4D, z: batch['noise.z'] as Tensor4D }
  const { image, bitsPerPixel } = forward(p, images, level, noise, options)
  return rateDistortion(bitsPerPixel, meanSquaredError(image, images), level).mean() as Scalar
}

/** Of each picture: (n) */
export function meanSquaredError(image: Tensor4D, target: Tensor4D): Tensor1D {
  return image.sub(target).square().mean([1, 2, 3])
}

/** The same after clipping and rounding to 8 bits, as in a saved picture. */
export function squaredErrors8Bit(image: Tensor4D, target: Tensor4D): Tensor1D {
  return meanSquaredError(tf.clipByValue(image, 0, 1).mul(255).round().div(255), target)
}
