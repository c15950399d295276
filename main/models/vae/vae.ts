import { type NamedTensors, type Tensor2D, tf } from '../../engine/tensorflow.ts'
import type { AutoencoderNetwork } from '../autoencoder/network.ts'
import { imageValues, trunkDecode, trunkEncode, trunkFeatures, trunkSpecs } from '../layers/image-trunk.ts'
import type { Model } from '../model.ts'
import { type VaeOptions, vaeOptions } from './options.ts'

interface VaeModel extends Model<VaeOptions, Tensor2D> {
  build(options: VaeOptions): AutoencoderNetwork
}

/** Beyond, a variance is nothing or everything; its exponential must not overflow. */
const logVarianceLimit = 10

/**
 * A variational autoencoder of small images (Kingma and Welling 2014, arXiv 1312.6114; weighted by beta as in Higgins et
 * al., ICLR 2017): the convolutional network, but its encoder gives each code as a normal distribution.
 *
 *     x --convolutions--> mean, log variance --mean + deviation * draw--> code --convolutions--> [0, 1]
 *
 * The draw is an input, so that a compiled function has no random numbers of its own. Codes of standard normal numbers
 * decode to new images. Trained with `loss` and `beta`; encode gives `code`, the mean, and `logVariance`.
 */
export const vae: VaeModel = {
  id: 'vae',
  options: vaeOptions,
  parameters: (options) => trunkSpecs(options, 2 * options.code, options.code),
  build(options) {
    const features = trunkFeatures(options)
    const { code: length } = options

    function encode(p: NamedTensors, x: Tensor2D, mask?: Tensor2D) {
      const heads = trunkEncode(p, options, x, mask)
      const n = x.shape[0]
      const code = heads.slice([0, 0], [n, length])
      const logVariance = heads.slice([0, length], [n, length])
      return { code, logVariance: tf.clipByValue(logVariance, -logVarianceLimit, logVarianceLimit) }
    }
    const decode = (p: NamedTensors, code: Tensor2D) => tf.sigmoid(trunkDecode(p, options, code))

    return {
      inputs: imageValues(options),
      codeLength: length,
      isVariational: true,
      maskWidths: [features, features],
      forward(p, x, { masks = [], draw } = {}) {
        const { code, logVariance } = encode(p, x, masks[0])
        const drawn = draw ? code.add(logVariance.mul(0.5).exp().mul(draw)) : code
        return { code, logVariance, logits: trunkDecode(p, options, drawn as Tensor2D, masks[1]) }
      },
      encode: (p, x) => encode(p, x),
      decode: (p, { code }) => decode(p, code as Tensor2D),
      reconstruct: (p, x) => decode(p, encode(p, x).code),
    }
  },
}
