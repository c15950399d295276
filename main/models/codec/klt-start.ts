import { symmetricEigen } from '../../../shared/maths/symmetric-eigen.ts'
import { type NamedTensors, readFloats, type Tensor4D, tf } from '../../engine/tensorflow.ts'
import { pixelUnshuffle } from '../layers/shuffle.ts'

const side = 16
const length = side * side * 3
/** Below half a step of 8 bits in all values together: what photos do not have. */
const smallestVariance = 1e-6

/** Gathers how the values of 16x16 patches go together. */
export interface KltStart {
  /** crops (n, h, w, 3) in [0, 1], sides multiples of 16 */
  add(crops: Tensor4D): void
  /**
   * The weights with both linear paths set to the Karhunen-Loève transform of the patches seen (about mid-grey, no mean
   * taken away) and `log_std` to the spread of each latent; disposes what it replaces.
   */
  applied(parameters: NamedTensors): NamedTensors
}

export function createKltStart(): KltStart {
  const products = new Float64Array(length * length)
  let patches = 0
  return {
    add(crops) {
      const [n, h, w] = crops.shape
      const sums = readFloats(() => {
        const rows = pixelUnshuffle(crops.sub(0.5) as Tensor4D, side).reshape([-1, length])
        return tf.matMul(rows, rows, true)
      })
      for (let i = 0; i < sums.length; i++) products[i] = products[i]! + sums[i]!
      patches += (n * h * w) / (side * side)
    },
    applied(parameters) {
      const { klt_analysis, klt_synthesis, log_std, ...rest } = parameters
      const latents = log_std!.size
      const { values, vectors } = symmetricEigen(
        products.map((product) => product / patches),
        length,
      )
      const basis = Float32Array.from({ length: latents * length }, (_, i) => {
        return vectors[Math.floor(i / length)]![i % length]!
      })
      const spread = values
        .slice(0, latents)
        .map((value) => 0.5 * Math.log(Math.max(value, smallestVariance)))
      tf.dispose([klt_analysis!, klt_synthesis!, log_std!])
      return tf.tidy(() => {
        const rows = tf.tensor2d(basis, [latents, length])
        return {
          ...rest,
          klt_analysis: rows.transpose().reshape([1, 1, length, latents]),
          klt_synthesis: rows.add(0).reshape([1, 1, latents, length]),
          log_std: tf.tensor4d(Float32Array.from(spread), [1, latents, 1, 1]).add(0),
        }
      })
    },
  }
}
