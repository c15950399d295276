import { type NamedTensors, type Scalar, type Tensor, type Tensor4D, tf } from '../../engine/tensorflow.ts'
import type { Network } from '../model.ts'

/** Mean absolute error over the lost pixels: what is known is put back anyway. */
export function restorerLoss(network: Network<Tensor4D>, p: NamedTensors, batch: NamedTensors): Scalar {
  const { clean, filled, missing } = batch as { clean: Tensor4D; filled: Tensor4D; missing: Tensor4D }
  return lostError(network.denoise!(p, filled, missing).sub(clean).abs(), missing)
}

/** @param error (n, h, w, 3); @param missing (n, h, w, 1), 1 where a pixel is lost */
export function lostError(error: Tensor, missing: Tensor): Scalar {
  return tf.div(error.mul(missing).sum(), missing.sum().mul(3).add(1e-6)) as Scalar
}
