import {
  type NamedTensors,
  readFloats,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tf,
} from '../../engine/tensorflow.ts'
import type { CentreCrop } from '../../training/data/centre-crops.ts'
import type { Network } from '../model.ts'
import { type CodecOptions, levels } from './options.ts'
import { groupStarts } from './parameters.ts'

/** Largest sizes that the inputs of the integer layers take on photos, by channel: what 8 bits must span. */
export interface ActivationRanges {
  /** hyper-latents before their gain */
  readonly z: Float32Array
  /** after the first layer of the hyper synthesis */
  readonly middle: Float32Array
  /** decoded latents in standard deviations */
  readonly seen: Float32Array
  /** the sum of what each group is told, after its ReLU, and the layer after */
  readonly sums: readonly Float32Array[]
  readonly mixed: readonly Float32Array[]
}

/** The row of a table (levels, channels) at a level, interpolated. */
function rowAt(table: Tensor, level: number): Tensor {
  const low = Math.min(Math.floor(level), levels - 2)
  const rows = table.slice([low, 0], [2, -1])
  return tf.matMul(tf.tensor2d([low + 1 - level, level - low], [1, 2]), rows as Tensor2D)
}

/** Transposed convolution 4x4 of stride 2, cut by 1 on each side. */
function conv4x4Up(p: NamedTensors, name: string, x: Tensor4D): Tensor4D {
  const weight = p[`${name}.weight`] as Tensor4D
  const [n, rows, columns] = x.shape
  const shape: [number, number, number, number] = [n, 2 * rows, 2 * columns, weight.shape[2]]
  return tf.conv2dTranspose(x, weight, shape, 2, 'same').add(p[`${name}.bias`]!)
}

/** A 5x5 kernel that sees the other colour of the checkerboard only. */
function checkerboardKernel(weight: Tensor4D): Tensor4D {
  const mask = Float32Array.from({ length: 25 }, (_, i) => i & 1)
  return weight.mul(tf.tensor4d(mask, [5, 5, 1, 1]))
}

/** Of the largest range of a layer: no channel's is smaller, or one that was silent here is cut elsewhere. */
const leastShare = 0.02

/**
 * @param crops photos in [0, 1], sides multiples of 64
 * @param p floats, as trained
 */
export function activationRanges(
  network: Network,
  p: NamedTensors,
  crops: readonly CentreCrop[],
  { latents, groups }: CodecOptions,
): ActivationRanges {
  const ranges = new Map<string, Float32Array>()
  const note = (name: string, tensor: Tensor4D) => {
    const found = readFloats(() => tensor.abs().max([0, 1, 2]))
    const known = ranges.get(name)
    ranges.set(name, known ? found.map((value, c) => Math.max(value, known[c]!)) : found)
  }
  const starts = groupStarts(groups)
  for (const crop of crops)
    for (const level of [0, (levels - 1) / 3, ((levels - 1) * 2) / 3, levels - 1])
      tf.tidy(() => {
        const { latents: y0, hyper } = network.encode(p, tf.tensor4d(crop.data, crop.shape)) as {
          latents: Tensor4D
          hyper: Tensor4D
        }
        const [gain, gainZ] = [rowAt(p.log_gain!, level).exp(), rowAt(p.log_gain_z!, level).exp()]
        const z = hyper.mul(gainZ).round().div(gainZ) as Tensor4D
        note('z', z)
        const middle = tf.relu(conv4x4Up(p, 'hyper_synthesis.0', z))
        note('middle', middle)
        const features = conv4x4Up(p, 'hyper_synthesis.2', middle)
        const seen = y0
          .mul(gain)
          .round()
          .div(gain)
          .div(p.log_std!.reshape([1, 1, 1, latents]).exp()) as Tensor4D
        note('seen', seen)
        const [, rows, columns] = seen.shape
        const second = tf.tensor4d(
          Float32Array.from({ length: rows * columns }, (_, i) => (Math.floor(i / columns) + i) & 1),
          [1, rows, columns, 1],
        )
        const part = (from: number, to: number) =>
          seen.slice([0, 0, 0, from], [-1, -1, -1, to - from]) as Tensor4D
        const convolved = (x: Tensor4D, weight: Tensor4D, bias?: string) => {
          const y = tf.conv2d(x, weight, 1, 'same')
          return (bias ? y.add(p[bias]!) : y) as Tensor4D
        }
        for (const [k, size] of groups.entries()) {
          let base = features
          const start = starts[k]!
          if (k > 0)
            base = base.add(
              convolved(part(0, start), p[`from_groups.${k}.weight`] as Tensor4D, `from_groups.${k}.bias`),
            )
          const anchors = part(start, start + size).mul(tf.sub(1, second)) as Tensor4D
          const told = convolved(anchors, checkerboardKernel(p[`from_anchors.${k}.weight`] as Tensor4D))
          const sum = tf.relu(base.add(told.mul(second)) as Tensor4D)
          note(`sums.${k}`, sum)
          const name = `parameters_of.${k}.1`
          note(`mixed.${k}`, tf.relu(convolved(sum, p[`${name}.weight`] as Tensor4D, `${name}.bias`)))
        }
      })
  const of = (name: string) => {
    const found = ranges.get(name)!
    const least = Math.max(1e-3, leastShare * Math.max(...found))
    return found.map((value) => Math.max(least, value))
  }
  return {
    ...{ z: of('z'), middle: of('middle'), seen: of('seen') },
    sums: groups.map((_, k) => of(`sums.${k}`)),
    mixed: groups.map((_, k) => of(`mixed.${k}`)),
  }
}
