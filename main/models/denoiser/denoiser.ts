import { type NamedTensors, type Tensor, type Tensor1D, type Tensor4D, tf } from '../../engine/tensorflow.ts'
import {
  conv,
  convSpecs,
  convTranspose,
  convTransposeSpecs,
  residual,
  residualSpecs,
} from '../layers/conv.ts'
import type { ParameterSpec } from '../layers/parameters.ts'
import { padByReplication, pixelShuffle, pixelUnshuffle } from '../layers/shuffle.ts'
import type { Model } from '../model.ts'
import { type DenoiserOptions, denoiserOptions } from './options.ts'

/**
 * A residual U-Net told the noise level as a map:
 *
 *     noisy, sigma --unshuffle 2--> 1/2 --blocks--> 1/4 --blocks--> 1/8 --blocks--> and back up, skips added
 *                                                                                --> noise; noisy - noise = clean
 *
 * Level map: FFDNet, Zhang et al. 2018 (arXiv 1710.04026), DRUNet 2021 (2008.13751). No normalisation and no
 * global pooling, so tiles with a halo equal the whole image. Layout NHWC float32; image in [0, 1] (noise may
 * leave it), sigma in the same unit. Sides are padded to a multiple of 2^levels by edge replication and cut back.
 */
export const denoiser: Model<DenoiserOptions, Tensor4D> = {
  id: 'denoiser',
  options: denoiserOptions,

  parameters({ widths, blocks }) {
    const deepest = widths.length - 1
    const group = (name: string, level: number): ParameterSpec[] =>
      Array.from({ length: blocks[level]! }, (_, k) =>
        residualSpecs(`${name}.${k}`, widths[level]!, 0.2),
      ).flat()
    const between = Array.from({ length: deepest }, (_, level) => level)
    return [
      ...convSpecs('head', 13, widths[0]!, 3),
      ...between.flatMap((level) => group(`encoder.${level}`, level)),
      ...between.flatMap((level) => convSpecs(`down.${level}`, widths[level]!, widths[level + 1]!, 2)),
      ...group('middle', deepest),
      ...between.flatMap((level) => convTransposeSpecs(`up.${level}`, widths[level + 1]!, widths[level]!, 2)),
      ...between.flatMap((level) => group(`decoder.${level}`, level)),
      ...convSpecs('tail', widths[0]!, 12, 3, 0.1),
    ]
  },

  build({ widths, blocks }) {
    const deepest = widths.length - 1
    const multiple = 2 ** widths.length
    // Each stage frees what is between its blocks; without that a large tile would take gigabytes.
    const run = (p: NamedTensors, name: string, level: number, x: Tensor4D) =>
      tf.tidy(() => {
        let y = x
        for (let k = 0; k < blocks[level]!; k++) y = residual(p, `${name}.${k}`, y)
        return blocks[level] === 0 ? x.clone() : y
      })

    /** features at each scale; `middle` is the deepest, `skip.k` those that bypass it */
    function encode(p: NamedTensors, noisy: Tensor4D, sigma: Tensor): NamedTensors {
      const [n, height, width] = noisy.shape
      const rows = modulo(-height, multiple)
      const columns = modulo(-width, multiple)
      let x = pixelUnshuffle(padByReplication(noisy, rows, columns), 2)
      const level =
        sigma.rank === 1
          ? (sigma as Tensor1D).reshape([n, 1, 1, 1]).tile([1, x.shape[1], x.shape[2], 1])
          : tf.avgPool(padByReplication(sigma as Tensor4D, rows, columns), 2, 2, 'valid')
      x = conv(p, 'head', tf.concat([x, level as Tensor4D], 3))
      const code: NamedTensors = {}
      for (let k = 0; k < deepest; k++) {
        x = run(p, `encoder.${k}`, k, x)
        code[`skip.${k}`] = x
        x = conv(p, `down.${k}`, x, 2, 'valid')
      }
      code.middle = run(p, 'middle', deepest, x)
      return code
    }

    /** the noise, (n, h, w, 3) of the padded size */
    function decode(p: NamedTensors, code: NamedTensors): Tensor4D {
      let x = code.middle as Tensor4D
      for (let k = deepest - 1; k >= 0; k--) {
        const below = x
        x = tf.tidy(() =>
          run(p, `decoder.${k}`, k, convTranspose(p, `up.${k}`, below, 2).add(code[`skip.${k}`]!)),
        )
      }
      return pixelShuffle(conv(p, 'tail', x), 2)
    }

    function denoise(p: NamedTensors, noisy: Tensor4D, sigma: Tensor): Tensor4D {
      const noise = decode(p, encode(p, noisy, sigma))
      return noisy.sub(noise.slice([0, 0, 0, 0], noisy.shape))
    }

    const noNoise = (x: Tensor4D) => tf.zeros([x.shape[0]])
    return {
      encode: (p, x) => encode(p, x, noNoise(x)),
      decode,
      denoise,
      reconstruct: (p, x) => denoise(p, x, noNoise(x)),
    }
  },
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by
}
