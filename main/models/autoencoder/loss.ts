import { type NamedTensors, type Scalar, type Tensor, type Tensor2D, tf } from '../../engine/tensorflow.ts'
import type { AutoencoderLossSettings } from './loss-settings.ts'
import type { AutoencoderNetwork } from './network.ts'

/** How far along a random direction the slope of the code is measured. */
const slopeStep = 0.01

/**
 * @param batch `input` and `target` (n, inputs) in [0, 1]; standard normal numbers `draw` (n, codeLength) for a
 *   variational network and `direction` (n, inputs) for a contractive one; with dropout `mask.0` ... of the hidden
 *   layers
 * @returns mean squared error per value, or binary cross-entropy per value in nats, plus the code's penalties.
 *   A variational network's divergence is per value of the input, too, so that with cross-entropy and a beta of 1 the
 *   loss is the negative evidence bound over the number of inputs.
 */
export function autoencoderLoss(
  network: AutoencoderNetwork,
  p: NamedTensors,
  batch: NamedTensors,
  settings: AutoencoderLossSettings,
): Scalar {
  const input = batch.input as Tensor2D
  const target = batch.target as Tensor2D
  const masks = network.maskWidths.map((_, i) => batch[`mask.${i}`] as Tensor2D)
  const { code, logits, logVariance } = network.forward(p, input, {
    ...(settings.dropout > 0 ? { masks } : {}),
    ...(network.isVariational ? { draw: batch.draw as Tensor2D } : {}),
  })
  const terms: Tensor[] = [reconstructionLoss(logits, target, settings.loss)]
  if (settings.codeL1 > 0) terms.push(code.abs().mean().mul(settings.codeL1))
  if (settings.codeKl > 0) terms.push(sparsityDivergence(code, settings.sparsity).mul(settings.codeKl))
  if (settings.contractive > 0) {
    const moved = network.encode(p, input.add(batch.direction!.mul(slopeStep))).code!
    terms.push(moved.sub(code).div(slopeStep).square().mean().mul(settings.contractive))
  }
  if (logVariance && settings.beta > 0) {
    terms.push(priorDivergence(code, logVariance).mul(settings.beta / network.inputs))
  }
  return (terms.length === 1 ? terms[0]! : tf.addN(terms)) as Scalar
}

export function reconstructionLoss(logits: Tensor2D, target: Tensor2D, kind: 'mse' | 'bce'): Scalar {
  return kind === 'mse' ? tf.sigmoid(logits).sub(target).square().mean() : crossEntropy(logits, target)
}

/**
 * Divergence of the codes' normal distributions from the standard normal one, in nats, mean over the samples
 * (Kingma and Welling 2014, arXiv 1312.6114, appendix B).
 */
export function priorDivergence(mean: Tensor2D, logVariance: Tensor2D): Scalar {
  return mean.square().add(logVariance.exp()).sub(logVariance).sub(1).sum(1).mean().mul(0.5)
}

/** Divergence of coins with the mean activities from a coin of `sparsity`, in nats, summed over the code (Ng 2011). */
function sparsityDivergence(code: Tensor2D, sparsity: number): Scalar {
  const activity = tf.clipByValue(tf.sigmoid(code).mean(0), 1e-6, 1 - 1e-6)
  const on = tf.log(activity).mul(-sparsity)
  const off = tf.log(tf.scalar(1).sub(activity)).mul(sparsity - 1)
  const entropy = sparsity * Math.log(sparsity) + (1 - sparsity) * Math.log(1 - sparsity)
  return on.add(off).add(entropy).sum()
}

/** Binary cross-entropy from logits that neither overflows nor loses small values: max(l, 0) - l t + log(1 + e^-|l|) */
function crossEntropy(logits: Tensor2D, target: Tensor2D): Scalar {
  return tf
    .relu(logits)
    .sub(logits.mul(target))
    .add(tf.log1p(tf.exp(logits.abs().neg())))
    .mean()
}
