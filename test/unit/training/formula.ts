import { type Tensor, tf } from '../../../main/engine/tensorflow.ts'

/** Values in -0.5 to 0.5 without pattern, by the same formula as in scripts/goldens/training.py. */
export function formula(count: number, seed: number): Float32Array {
  return Float32Array.from(
    { length: count },
    (_, i) => ((i * i * 31 + i * 7919 + seed * 104729) % 1009) / 1009 - 0.5,
  )
}

export function formulaTensor(shape: readonly number[], seed: number): Tensor {
  return tf.tensor(
    formula(
      shape.reduce((product, side) => product * side, 1),
      seed,
    ),
    [...shape],
  )
}

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`${a.length} values against ${b.length}`)
  // Not Math.max alone: NaN has to count.
  let largest = 0
  for (let i = 0; i < a.length; i++)
    if (!(Math.abs(a[i]! - b[i]!) <= largest)) largest = Math.abs(a[i]! - b[i]!)
  return largest
}
