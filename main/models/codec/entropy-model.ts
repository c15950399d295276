import { type NamedTensors, type Tensor, type Tensor1D, type Tensor4D, tf } from '../../engine/tensorflow.ts'
import { conv } from '../layers/conv.ts'
import { atLeast, erfc, roundThrough } from './gradients.ts'
import { groupStarts } from './parameters.ts'
import { at, logStd } from './transforms.ts'

const minScale = 0.11
const minProbability = 1e-9

/** All (n, rows, columns, latents), in steps. */
export interface CodedLatents {
  readonly mean: Tensor4D
  readonly scale: Tensor4D
  readonly decoded: Tensor4D
  readonly probability: Tensor4D
}

/**
 * Codes latents group by group, in each the anchors of a checkerboard first: what is coded tells mean and scale of the
 * rest. Mean and scale are predicted before the gain and multiplied by it.
 * @param y (n, rows, columns, latents) in steps
 * @param hyper features (n, rows, columns, context)
 * @param gain (n, 1, 1, latents), steps per unit of `analyse`
 * @param noise of the size of y, in place of rounding where the rate is estimated
 * @param round what distances from the mean become; `own` cuts a group's channels out of something of the size of y
 */
export function codeLatents(
  p: NamedTensors,
  { y, hyper, gain }: { y: Tensor4D; hyper: Tensor4D; gain: Tensor4D },
  noise: Tensor4D | null,
  groups: readonly number[],
  round: (distance: Tensor, own: (all: Tensor4D) => Tensor4D) => Tensor = roundThrough,
): CodedLatents {
  const [, rows, columns] = y.shape
  const rest = oddPositions(rows, columns)
  const anchor = tf.sub(1, rest)
  const mixed = (anchors: Tensor, others: Tensor) => anchors.mul(anchor).add(others.mul(rest)) as Tensor4D
  const parts: CodedLatents[] = []
  const seen: Tensor4D[] = []
  const starts = groupStarts(groups)
  for (const [k, size] of groups.entries()) {
    const own = (x: Tensor4D) => x.slice([0, 0, 0, starts[k]!], [...x.shape.slice(0, 3), size] as Sides)
    const [yk, logStdK, gainK] = [own(y), own(logStd(p)), own(gain)]
    const unit = gainK.mul(logStdK.exp()) as Tensor4D
    const meanAndScale = (features: Tensor4D) => {
      const hidden = tf.relu(conv(p, `parameters_of.${k}.1`, tf.relu(features)))
      const [mean, scale] = tf.split(conv(p, `parameters_of.${k}.3`, hidden), 2, 3) as [Tensor4D, Tensor4D]
      const bounded = tf.clipByValue(scale.add(logStdK), -9, 4).exp()
      return { mean: mean.mul(unit), scale: atLeast(bounded.mul(gainK), minScale) }
    }
    const base = k === 0 ? [hyper] : [hyper, conv(p, `from_groups.${k}`, tf.concat(seen, 3))]
    const first = meanAndScale(sum(base))
    const rounded = (mean: Tensor) => round(yk.sub(mean), own).add(mean)
    const anchors = rounded(first.mean).mul(anchor)
    const kernel = (p[`from_anchors.${k}.weight`] as Tensor4D).mul(checkerboardKernel()) as Tensor4D
    const context = tf.conv2d(anchors.div(unit) as Tensor4D, kernel, 1, 'same')
    const second = meanAndScale(sum([...base, context]))
    const mean = mixed(first.mean, second.mean)
    const scale = mixed(first.scale, second.scale)
    const decoded = anchors.add(rounded(second.mean).mul(rest)) as Tensor4D
    const rated = noise ? yk.add(own(noise)) : decoded
    parts.push({ mean, scale, decoded, probability: gaussian(rated.sub(mean), scale) })
    seen.push(decoded.div(unit))
  }
  const whole = (name: keyof CodedLatents) =>
    tf.concat(
      parts.map((part) => part[name]),
      3,
    )
  return {
    ...{ mean: whole('mean'), scale: whole('scale') },
    ...{ decoded: whole('decoded'), probability: whole('probability') },
  }
}

/** Probability of each hyper-latent (in steps) under the logistic of its channel and level (n). */
export function probabilityOfHyper(p: NamedTensors, z: Tensor4D, level: Tensor1D): Tensor4D {
  const distance = z.sub(at(p, 'mean_z', level))
  const scale = at(p, 'log_scale_z', level).exp()
  const below = (edge: number) => tf.sigmoid(distance.add(edge).div(scale))
  return atLeast(below(0.5).sub(below(-0.5)), minProbability) as Tensor4D
}

/** Each sum on its own: where one sum goes into another, TensorFlow's remapper fails on the graph, and says so aloud. */
function sum(parts: readonly Tensor4D[]): Tensor4D {
  return parts.length === 1 ? parts[0]! : tf.addN([...parts])
}

type Sides = [number, number, number, number]

/** Integral of a Gaussian over one step around `distance` from its mean, without cancellation far out. */
function gaussian(distance: Tensor, scale: Tensor): Tensor4D {
  const far = distance.abs()
  const beyond = (edge: number) => erfc(far.add(edge).div(scale).mul(Math.SQRT1_2))
  return atLeast(beyond(-0.5).sub(beyond(0.5)).mul(0.5), minProbability) as Tensor4D
}

/** (1, rows, columns, 1): 0 at the anchors, 1 at the rest. From rows and columns: a compiled graph holds no large constants. */
function oddPositions(rows: number, columns: number): Tensor4D {
  const odd = (count: number) => tf.tensor1d(Float32Array.from({ length: count }, (_, i) => i % 2))
  const [row, column] = [odd(rows).reshape([rows, 1]), odd(columns).reshape([1, columns])]
  return row.sub(column).abs().reshape([1, rows, columns, 1])
}

/** (5, 5, 1, 1): 1 where the neighbour is an anchor of one that is not */
function checkerboardKernel(): Tensor4D {
  return oddPositions(5, 5).reshape([5, 5, 1, 1])
}
