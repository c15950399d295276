import type { Tensor4D } from '../../engine/tensorflow.ts'
import type { Model } from '../model.ts'
import { type CodecOptions, codecOptions } from './options.ts'
import { codecParameters } from './parameters.ts'
import { dequantise } from './quantise.ts'
import { analyse, hyperAnalyse, synthesise } from './transforms.ts'

/**
 * A mean-scale hyperprior whose transforms start as the 16x16 colour KLT of the training photos:
 *
 *     x --analysis--> y --gain--> round --inverse gain--> synthesis --> x'      y: 256 channels at 1/16
 *                     |             ^
 *             hyper analysis        | mean, scale of each y, from z and from the y decoded before it
 *                     v             |
 *                     z --round--> hyper synthesis + context (3 channel groups x 2 checkerboard passes)
 *
 * Minnen et al. 2018 (arXiv 1809.02736), checkerboard context He et al. 2021 (2103.15306), uneven channel groups
 * He et al. 2022 (2203.10886), gains for all rates Cui et al. 2021 (2003.02012).
 *
 * The functions of the network know no rate: `encode` gives the latents (n, h / 16, w / 16, latents) and hyper-latents
 * (n, h / 64, w / 64, hyper) before their gains, `decode` takes latents after the inverse gain, `reconstruct` rounds
 * nothing. x (n, h, w, 3) in [0, 1], sides multiples of 64; images come out not clipped. For rates see `forward`.
 */
export const codec: Model<CodecOptions, Tensor4D> = {
  id: 'codec',
  options: codecOptions,
  parameters: codecParameters,
  unpack: (stored, options) => ('entropy.powers' in stored ? dequantise(stored, options) : stored),
  build: ({ blocks }) => ({
    encode(p, x) {
      const latents = analyse(p, x, blocks)
      return { latents, hyper: hyperAnalyse(p, latents) }
    },
    decode: (p, { latents }) => synthesise(p, latents as Tensor4D, blocks),
    reconstruct: (p, x) => synthesise(p, analyse(p, x, blocks), blocks),
  }),
}
