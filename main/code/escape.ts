import { LARGEST_SYMBOL, SMALLEST_SYMBOL } from './frequency-table.ts'
import type { RansDecoder, RansEncoder } from './rans.ts'

/**
 * A symbol outside its table follows the escape as plain bits: one that says whether it is above the table (1) or below
 * (0), then how far beyond the table's nearest symbol it lies, from 1 on, as an Exp-Golomb code of order 0 (Teuhola
 * 1978): one 0 less than that number has bits, a 1, and its bits after the first.
 */
export function codeEscape(rans: RansEncoder, symbol: number, min: number, max: number): void {
  const above = symbol > max
  const distance = above ? symbol - max : min - symbol
  const bitsAfterFirst = 31 - Math.clz32(distance)
  rans.putBits(above ? 1 : 0, 1)
  for (let k = 0; k < bitsAfterFirst; k++) rans.putBits(0, 1)
  rans.putBits(1, 1)
  if (bitsAfterFirst > 0) rans.putBits(distance - (1 << bitsAfterFirst), bitsAfterFirst)
}

/** @throws AppError `corrupt` for a symbol that fits no int16 */
export function readEscape(rans: RansDecoder, min: number, max: number): number {
  const above = rans.bits(1) === 1
  let bitsAfterFirst = 0
  while (rans.bits(1) === 0) {
    if (++bitsAfterFirst > 15) throw rans.corrupt('an escaped symbol has too many bits')
  }
  const distance = (1 << bitsAfterFirst) + (bitsAfterFirst > 0 ? rans.bits(bitsAfterFirst) : 0)
  const symbol = above ? max + distance : min - distance
  if (symbol < SMALLEST_SYMBOL || symbol > LARGEST_SYMBOL)
    throw rans.corrupt(`an escaped symbol is ${symbol}`)
  return symbol
}

/** Plain bits that `codeEscape` takes, the escape itself not counted */
export function escapedBits(symbol: number, min: number, max: number): number {
  const distance = symbol > max ? symbol - max : min - symbol
  return 2 + 2 * (31 - Math.clz32(distance))
}
