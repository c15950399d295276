import { type Tensor1D, type Tensor2D, tf } from '../../engine/tensorflow.ts'
import type { StoredIntegers } from './stored.ts'

/** Integers below this are exact in float32, in whatever order they are added. */
const exactBelow = 2 ** 24
/** Largest size of an activation, signed or not. */
const largestActivation = 255

/** One tap of a stored kernel, by its index height * size + width, in the order of the patches. */
export interface LayerForm {
  /** under `entropy.` */
  readonly name: string
  readonly inputs: number
  readonly outputs: number
  /** sides of the stored kernel */
  readonly size: number
  /** `convTranspose`: stored (in, out, size, size); `conv`: (out, in, size, size) */
  readonly layout: 'conv' | 'convTranspose'
  /** kernels to make, each the indices of its taps */
  readonly kernels: readonly (readonly number[])[]
}

/**
 * A layer of integers carried in float32: products of 8-bit weights and activations, whose sums stay below 2^24, so
 * that every device, every order of addition, bfloat16 and TensorFloat-32 alike give the same integers.
 * Quantisation by powers of two after Jacob et al. 2018 (arXiv 1712.05877); why a codec needs it: Ballé et al. 2019,
 * "Integer networks for data compression with latent-variable models".
 */
export class IntegerLayer {
  /** for each kernel (taps * inputs, outputs) */
  readonly #weights: Tensor2D[]
  readonly #bias: Tensor1D
  readonly #factor: Tensor1D
  /** 2^-shift of each output */
  readonly factors: Float64Array
  /** No result of an output before its shift is larger. */
  readonly bounds: Float64Array

  /** @throws AppError `corrupt` when a tensor does not fit, or a sum could leave the integers that float32 holds */
  constructor(stored: StoredIntegers, { name, inputs, outputs, size, layout, kernels }: LayerForm) {
    const sides = layout === 'conv' ? [outputs, inputs] : [inputs, outputs]
    const weight = stored.read(`${name}.weight`, Int8Array, [...sides, size, size])
    const bias = stored.read(`${name}.bias`, Int32Array, [outputs])
    const shift = stored.read(`${name}.shift`, Int8Array, [outputs])
    const at = (o: number, i: number, tap: number) =>
      weight[(layout === 'conv' ? o * inputs + i : i * outputs + o) * size * size + tap]!
    this.bounds = Float64Array.from(bias, Math.abs)
    const sums = kernels.map((taps) => {
      const matrix = new Float32Array(taps.length * inputs * outputs)
      const sum = new Float64Array(outputs)
      let k = 0
      for (const tap of taps)
        for (let i = 0; i < inputs; i++)
          for (let o = 0; o < outputs; o++) {
            const value = at(o, i, tap)
            matrix[k++] = value
            sum[o]! += Math.abs(value)
          }
      return { matrix, sum }
    })
    this.bounds = this.bounds.map(
      (b, o) => b + largestActivation * Math.max(...sums.map(({ sum }) => sum[o]!)),
    )
    const worst = this.bounds.findIndex((bound) => bound >= exactBelow)
    if (worst >= 0)
      throw stored.corrupt(`'entropy.${name}' output ${worst} can reach ${this.bounds[worst]}, 2^24 or more`)
    if (shift.some((s) => s < 0 || s > 24))
      throw stored.corrupt(`'entropy.${name}.shift' is not within 0 to 24`)
    this.factors = Float64Array.from(shift, (s) => 2 ** -s)
    this.#weights = sums.map(({ matrix }) => tf.tensor2d(matrix, [matrix.length / outputs, outputs]))
    this.#bias = tf.tensor1d(Float32Array.from(bias))
    this.#factor = tf.tensor1d(Float32Array.from(this.factors))
  }

  /** patches (positions, taps * inputs) of integers -> (positions, outputs) before the shift */
  sums(patches: Tensor2D, kernel = 0): Tensor2D {
    return tf.tidy(() => tf.matMul(patches, this.#weights[kernel]!).add<Tensor2D>(this.#bias))
  }

  /** the same after the shift, rounded down */
  apply(patches: Tensor2D, kernel = 0): Tensor2D {
    return tf.tidy(() => this.sums(patches, kernel).mul<Tensor2D>(this.#factor).floor())
  }

  dispose(): void {
    tf.dispose([...this.#weights, this.#bias, this.#factor])
  }
}

/** What a ReLU leaves of integers, within 8 bits. */
export function to8Bit(x: Tensor2D): Tensor2D {
  return tf.clipByValue(x, 0, largestActivation)
}
