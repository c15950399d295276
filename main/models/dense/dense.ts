import { type NamedTensors, type Tensor2D, tf } from '../../engine/tensorflow.ts'
import type { AutoencoderNetwork } from '../autoencoder/network.ts'
import { denseLayer, denseSpecs } from '../layers/dense.ts'
import type { Model } from '../model.ts'
import { type DenseOptions, denseOptions } from './options.ts'

interface DenseModel extends Model<DenseOptions, Tensor2D> {
  build(options: DenseOptions): AutoencoderNetwork
}

/**
 * The introductory article's network: fully connected, as deep on both sides of the waist.
 *
 *     x (784) -> 128 -> 64 -> 32 -> code (16, linear) -> 32 -> 64 -> 128 -> sigmoid (784)
 *
 * x: (n, inputs) in [0, 1]. Hinton and Salakhutdinov 2006 (Science 313) is the classic of this form.
 */
export const dense: DenseModel = {
  id: 'dense',
  options: denseOptions,

  parameters(options) {
    return sizesOf(options).flatMap(({ name, inputs, outputs }) => denseSpecs(name, inputs, outputs))
  },

  build(options) {
    const depth = options.hidden.length
    const activate = (x: Tensor2D) => tf[options.activation](x)

    function encode(p: NamedTensors, x: Tensor2D, masks: readonly Tensor2D[] = []): Tensor2D {
      let h = x
      for (let i = 0; i < depth; i++) h = masked(activate(denseLayer(p, `encoder.${i}`, h)), masks[i])
      return denseLayer(p, `encoder.${depth}`, h)
    }

    function decode(p: NamedTensors, code: Tensor2D, masks: readonly Tensor2D[] = []): Tensor2D {
      let h = code
      for (let i = 0; i < depth; i++) h = masked(activate(denseLayer(p, `decoder.${i}`, h)), masks[depth + i])
      return denseLayer(p, `decoder.${depth}`, h)
    }

    return {
      inputs: options.inputs,
      codeLength: options.code,
      isVariational: false,
      maskWidths: [...options.hidden, ...options.hidden.toReversed()],
      forward(p, x, { masks } = {}) {
        const code = encode(p, x, masks)
        return { code, logits: decode(p, code, masks) }
      },
      encode: (p, x) => ({ code: encode(p, x) }),
      decode: (p, { code }) => tf.sigmoid(decode(p, code as Tensor2D)),
      reconstruct: (p, x) => tf.sigmoid(decode(p, encode(p, x))),
    }
  },
}

function sizesOf({ inputs, hidden, code }: DenseOptions) {
  const encoder = [inputs, ...hidden, code]
  return [encoder, encoder.toReversed()].flatMap((widths, side) =>
    widths.slice(1).map((outputs, i) => ({
      name: `${side === 0 ? 'encoder' : 'decoder'}.${i}`,
      inputs: widths[i]!,
      outputs,
    })),
  )
}

function masked(x: Tensor2D, mask: Tensor2D | undefined): Tensor2D {
  return mask ? x.mul(mask) : x
}
