import {
  type NamedTensors,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tf,
} from '../../engine/tensorflow.ts'
import type { Network } from '../model.ts'

/**
 * Mean absolute error of each sample over sqrt(sigma + 0.02), so that no noise level drowns the others: (n)
 * @param sigma (n), or maps (n, h, w, 1), whose means count
 */
export function weightedErrors(denoised: Tensor4D, clean: Tensor4D, sigma: Tensor): Tensor1D {
  const level = sigma.rank === 1 ? sigma : sigma.mean([1, 2, 3])
  return denoised.sub(clean).abs().mean([1, 2, 3]).div(level.add(0.02).sqrt()) as Tensor1D
}

/** @param batch clean and noisy (n, h, w, 3), sigma (n) or (n, h, w, 1), in units of [0, 1] */
export function denoiserLoss(network: Network<Tensor4D>, p: NamedTensors, batch: NamedTensors): Scalar {
  const { clean, noisy, sigma } = batch as { clean: Tensor4D; noisy: Tensor4D; sigma: Tensor }
  return weightedErrors(network.denoise!(p, noisy, sigma), clean, sigma).mean() as Scalar
}

/** Mean squared error of each sample after clipping and rounding to 8 bits, as in a saved picture: (n) */
export function squaredErrors8Bit(denoised: Tensor4D, clean: Tensor4D): Tensor1D {
  return tf
    .clipByValue(denoised, 0, 1)
    .mul(255)
    .round()
    .div(255)
    .sub(clean)
    .square()
    .mean([1, 2, 3]) as Tensor1D
}
