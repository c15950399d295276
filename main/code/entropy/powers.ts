/** Logarithms are integers: 65,536 of them to the octave. */
export const octave = 65536
const fractions = 1024

/** 2^15 * 2^(i / 1024), rounded: stored with a model, so that no library's power function decides about a file. */
export function makePowers(): Int32Array {
  return Int32Array.from({ length: fractions }, (_, i) => Math.round(2 ** (15 + i / fractions)))
}

/**
 * 2^(log2 / 65536) as an exact binary fraction of 16 significant bits, from the stored powers: products with integers
 * below 2^37 are exact in doubles.
 */
export function powerOf(log2: number, powers: Int32Array): number {
  const whole = Math.floor(log2 / octave)
  return powers[(log2 - whole * octave) >> 6]! * 2 ** (whole - 15)
}

export function powersOf(log2: Int32Array, powers: Int32Array): Float64Array {
  return Float64Array.from(log2, (value) => powerOf(value, powers))
}
