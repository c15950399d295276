import { type Tensor2D, tf } from '../../engine/tensorflow.ts'
import type { AutoencoderNetwork } from '../autoencoder/network.ts'
import { imageValues, trunkDecode, trunkEncode, trunkFeatures, trunkSpecs } from '../layers/image-trunk.ts'
import type { Model } from '../model.ts'
import { type ConvOptions, convOptions } from './options.ts'

interface ConvModel extends Model<ConvOptions, Tensor2D> {
  build(options: ConvOptions): AutoencoderNetwork
}

/**
 * A convolutional autoencoder of small images: patches, thumbnails, digits (Masci et al., ICANN 2011).
 *
 *     x (28 x 28 x 1) --conv3, conv2 stride 2--> 14 x 14 x 16 --the same--> 7 x 7 x 32 --dense--> code (16, linear)
 *     code --dense--> 7 x 7 x 32 --up 2, conv3--> 14 x 14 x 16 --up 2, conv3--> 28 x 28 x 1 --sigmoid--> [0, 1]
 *
 * x: (n, rows * columns * channels) in [0, 1], channels last.
 */
export const convolutional: ConvModel = {
  id: 'conv',
  options: convOptions,
  parameters: (options) => trunkSpecs(options, options.code, options.code),
  build(options) {
    const features = trunkFeatures(options)
    const decode = (p: Parameters<AutoencoderNetwork['decode']>[0], code: Tensor2D) =>
      tf.sigmoid(trunkDecode(p, options, code))
    return {
      inputs: imageValues(options),
      codeLength: options.code,
      isVariational: false,
      maskWidths: [features, features],
      forward(p, x, { masks = [] } = {}) {
        const code = trunkEncode(p, options, x, masks[0])
        return { code, logits: trunkDecode(p, options, code, masks[1]) }
      },
      encode: (p, x) => ({ code: trunkEncode(p, options, x) }),
      decode: (p, { code }) => decode(p, code as Tensor2D),
      reconstruct: (p, x) => decode(p, trunkEncode(p, options, x)),
    }
  },
}
