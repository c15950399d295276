import { type Tensor1D, type Tensor2D, tf } from '../../engine/tensorflow.ts'
import type { StoredIntegers } from './stored.ts'

/** Integers below this are exact in float32, in whatever order they are added. */
const exactBelow = 2 ** 24
/** Largest size of an activation, signed or not. */
const largestActivation = 255
/** Bits of a weight's second digit, where a layer has one. */
export const digitBits = 7

/** One tap of a stored kernel, by its index height * size + width, in the order of the patches. */
export interface LayerForm {
  /** under `entropy.` */
  readonly name: string
  readonly inputs: number
  readonly outputs: number
  /** of the stored kernel; `convTranspose`: stored (in, out, ...kernel); `conv`: (out, in, ...kernel) */
  readonly kernel: readonly number[]
  readonly layout: 'conv' | 'convTranspose'
  /** kernels to make, each the indices of its taps */
  readonly kernels: readonly (readonly number[])[]
}

/**
 * A layer of integers carried in float32: products of 8-bit weights and activations, whose sums stay below 2^24, so
 * that every device, every order of addition, bfloat16 and TensorFloat-32 alike give the same integers. Where 8 bits of
 * a weight are too few it has a second digit of 7, summed by itself: the rounding down of the shift goes over both.
 * Quantisation by powers of two after Jacob et al. 2018 (arXiv 1712.05877); why a codec needs it: Ballé et al. 2019,
 * "Integer networks for data compression with latent-variable models".
 */
export class IntegerLayer {
  /** one for each digit: by kernel (taps * inputs, outputs), and the bias */
  readonly #digits: readonly { readonly weights: readonly Tensor2D[]; readonly bias: Tensor1D }[]
  readonly #factor: Tensor1D
  /** for each output, what `sums` are multiplied by to be results: powers of 2 */
  readonly factors: Float64Array
  /** No result of `sums` is larger, by output. */
  readonly bounds: Float64Array

  /** @throws AppError `corrupt` when a tensor does not fit, or a sum could leave the integers that float32 holds */
  constructor(stored: StoredIntegers, form: LayerForm) {
    const { name, inputs, outputs, kernel, layout } = form
    const shape = [...(layout === 'conv' ? [outputs, inputs] : [inputs, outputs]), ...kernel]
    const first = stored.read(`${name}.weight`, Int8Array, shape)
    const second = stored.has(`${name}.digit`) ? stored.read(`${name}.digit`, Int8Array, shape) : null
    const bias = stored.read(`${name}.bias`, Int32Array, [outputs])
    const shift = stored.read(`${name}.shift`, Int8Array, [outputs])
    const bits = second ? digitBits : 0
    if (shift.some((s) => s < bits || s > bits + 24))
      throw stored.corrupt(`'entropy.${name}.shift' is not within ${bits} to ${bits + 24}`)
    const made = [
      digitOf(
        first,
        bias.map((b) => b >> bits),
        form,
      ),
    ]
    if (second)
      made.push(
        digitOf(
          second,
          bias.map((b) => b & (2 ** bits - 1)),
          form,
        ),
      )
    this.bounds = made[0]!.bounds.map(
      (bound, o) => bound + (made[1] ? made[1].bounds[o]! / 2 ** bits + 1 : 0),
    )
    for (const { bounds } of [...made, this]) {
      const worst = bounds.findIndex((bound) => bound >= exactBelow)
      if (worst >= 0)
        throw stored.corrupt(`'entropy.${name}' output ${worst} can reach ${bounds[worst]}, 2^24 or more`)
    }
    this.factors = Float64Array.from(shift, (s) => 2 ** (bits - s))
    this.#factor = tf.tensor1d(Float32Array.from(this.factors))
    this.#digits = made.map(({ matrices, bias }) => ({
      weights: matrices.map((matrix) => tf.tensor2d(matrix, [matrix.length / outputs, outputs])),
      bias: tf.tensor1d(bias),
    }))
  }

  /** patches (positions, taps * inputs) of integers -> (positions, outputs) before the shift, less the second digit's bits */
  sums(patches: Tensor2D, kernel = 0): Tensor2D {
    return tf.tidy(() => {
      const [first, second] = this.#digits.map(({ weights, bias }) =>
        tf.matMul(patches, weights[kernel]!).add<Tensor2D>(bias),
      )
      return second ? first!.add<Tensor2D>(second.mul(2 ** -digitBits).floor()) : first!
    })
  }

  /** the same after the shift, rounded down */
  apply(patches: Tensor2D, kernel = 0): Tensor2D {
    return tf.tidy(() => this.sums(patches, kernel).mul<Tensor2D>(this.#factor).floor())
  }

  dispose(): void {
    tf.dispose([...this.#digits.flatMap(({ weights, bias }) => [...weights, bias]), this.#factor])
  }
}

/** One digit of the weights as matrices for `matMul`, and what its sums can reach. */
function digitOf(
  weight: Int8Array,
  bias: Int32Array,
  { inputs, outputs, kernel, layout, kernels }: LayerForm,
) {
  const area = kernel.reduce((product, side) => product * side, 1)
  const at = (o: number, i: number, tap: number) =>
    weight[(layout === 'conv' ? o * inputs + i : i * outputs + o) * area + tap]!
  const largest = new Float64Array(outputs)
  const matrices = kernels.map((taps) => {
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
    for (let o = 0; o < outputs; o++) largest[o] = Math.max(largest[o]!, sum[o]!)
    return matrix
  })
  const bounds = largest.map((sum, o) => Math.abs(bias[o]!) + largestActivation * sum)
  return { matrices, bias: Float32Array.from(bias), bounds }
}

/** What a ReLU leaves of integers, within 8 bits. */
export function to8Bit(x: Tensor2D): Tensor2D {
  return tf.clipByValue(x, 0, largestActivation)
}
