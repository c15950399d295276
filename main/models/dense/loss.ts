import { type NamedTensors, type Scalar, type Tensor2D, tf } from '../../engine/tensorflow.ts'
import type { DenseNetwork } from './dense.ts'
import type { DenseLossSettings } from './loss-settings.ts'

/**
 * @param batch `input` and `target` (n, inputs) in [0, 1]; with dropout `mask.0` ... of the hidden layers
 * @returns mean squared error per value, or binary cross-entropy per value in nats, plus the code's penalty
 */
export function denseLoss(
  network: DenseNetwork,
  p: NamedTensors,
  batch: NamedTensors,
  settings: DenseLossSettings,
): Scalar {
  const target = batch.target as Tensor2D
  const masks = network.maskWidths.map((_, i) => batch[`mask.${i}`] as Tensor2D)
  const { code, logits } = network.forward(p, batch.input as Tensor2D, settings.dropout > 0 ? { masks } : {})
  const loss =
    settings.loss === 'mse' ? tf.sigmoid(logits).sub(target).square().mean() : crossEntropy(logits, target)
  return (settings.codeL1 > 0 ? loss.add(code.abs().mean().mul(settings.codeL1)) : loss) as Scalar
}

/** Binary cross-entropy from logits that neither overflows nor loses small values: max(l, 0) - l t + log(1 + e^-|l|) */
function crossEntropy(logits: Tensor2D, target: Tensor2D): Scalar {
  return tf
    .relu(logits)
    .sub(logits.mul(target))
    .add(tf.log1p(tf.exp(logits.abs().neg())))
    .mean()
}
