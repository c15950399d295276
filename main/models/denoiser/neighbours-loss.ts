import { type NamedTensors, type Scalar, type Tensor1D, type Tensor4D, tf } from '../../engine/tensorflow.ts'
import { pixelUnshuffle } from '../layers/shuffle.ts'
import type { Network } from '../model.ts'

/** One pixel of each 2x2 cell: (n, h, w, 3), mask (n, h / 2, w / 2, 4) -> (n, h / 2, w / 2, 3) */
export function pickNeighbours(x: Tensor4D, mask: Tensor4D): Tensor4D {
  const [n, h, w, c] = x.shape
  const cells = pixelUnshuffle(x, 2).reshape([n, h / 2, w / 2, c, 4])
  return cells.mul(mask.reshape([n, h / 2, w / 2, 1, 4])).sum(4) as Tensor4D
}

/** The noisy crops denoised as they are, for the loss to compare with: no gradient flows through it. */
export function denoisedWhole(
  network: Network<Tensor4D>,
  p: NamedTensors,
  { noisy, sigma }: NamedTensors,
): NamedTensors {
  return { whole: network.denoise!(p, noisy as Tensor4D, sigma!) }
}

/**
 * Neighbor2Neighbor's loss (Huang et al., CVPR 2021, equation 16): of two small pictures made of neighbouring pixels,
 * the first, denoised, is compared with the second. Their scenes differ a little; by as much as the same two small
 * pictures of the whole picture, denoised, differ, the difference is forgiven (weighted by gamma).
 *
 *     noisy --pick first---> f --+--> difference = f - second ---> mean square
 *       |-----pick second--------+                                      + gamma * mean square of
 *       +--> f, no gradient --pick both--> whole1 - whole2 ------> (difference - (whole1 - whole2))
 *
 * Squares are divided by the variance of the noise, so that each level weighs the same.
 * @param batch noisy (n, h, w, 3), sigma (n), first and second (n, h / 2, w / 2, 4), whole as `denoisedWhole` has it
 */
export function neighboursLoss(
  network: Network<Tensor4D>,
  p: NamedTensors,
  batch: NamedTensors,
  gamma: number,
): Scalar {
  return weighed(batch, differenceOf(network, p, batch), gamma)
}

/** The loss, and the mean square between the first, denoised, and the second: (2). */
export function neighboursFigures(
  network: Network<Tensor4D>,
  p: NamedTensors,
  batch: NamedTensors,
  gamma: number,
): Tensor1D {
  const difference = differenceOf(network, p, batch)
  return tf.stack([weighed(batch, difference, gamma), difference.square().mean()]) as Tensor1D
}

function differenceOf(network: Network<Tensor4D>, p: NamedTensors, batch: NamedTensors): Tensor4D {
  const { noisy, sigma, first, second } = batch as Record<string, Tensor4D>
  const denoised = network.denoise!(p, pickNeighbours(noisy!, first!), sigma!)
  return denoised.sub(pickNeighbours(noisy!, second!))
}

function weighed(batch: NamedTensors, difference: Tensor4D, gamma: number): Scalar {
  const { sigma, first, second, whole } = batch as Record<string, Tensor4D>
  const expected = pickNeighbours(whole!, first!).sub(pickNeighbours(whole!, second!))
  const squares = difference.square().add(difference.sub(expected).square().mul(gamma))
  const variance = (sigma as unknown as Tensor1D).square().add(1e-4)
  return squares.mean([1, 2, 3]).div(variance).mean() as Scalar
}
