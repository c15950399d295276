import { AppError } from '../../shared/errors.ts'
import { codeEscape, readEscape } from './escape.ts'
import type { FrequencyTable } from './frequency-table.ts'
import { RansDecoder, RansEncoder } from './rans.ts'
import { lookupOf, type TableLookup } from './table-lookup.ts'

/**
 * Codes symbols by tables of frequencies. Symbols are pushed in the order in which a decoder reads them; those of a
 * table that `skips` take no part in the stream.
 */
export class SymbolEncoder {
  readonly #rans = new RansEncoder()

  /**
   * @param symbols (n)
   * @param indices (n): which of `tables` each symbol is coded by
   * @throws AppError `internal` when a table is missing, or a symbol other than 0 meets a table that skips
   */
  push(symbols: Int16Array, indices: Uint8Array, tables: readonly FrequencyTable[]): void {
    const rans = this.#rans
    const lookups = lookupsFor(symbols, indices, tables)
    rans.reserve(symbols.length)
    for (let i = 0; i < symbols.length; i++) {
      const { min, cumulative, count, skips } = lookups[indices[i]]
      const symbol = symbols[i]
      if (skips) {
        if (symbol !== 0)
          throw new AppError('internal', `symbol ${symbol} at ${i} of a table that codes only 0`)
        continue
      }
      const entry = symbol - min
      if (entry >= 0 && entry < count) {
        const start = cumulative[entry]
        rans.put(start, cumulative[entry + 1] - start)
      } else {
        rans.put(cumulative[count], cumulative[count + 1] - cumulative[count])
        codeEscape(rans, symbol, min, min + count - 1)
      }
    }
  }

  /** The stream of everything pushed; empty when no symbol took part. Ends the encoder. */
  finish(): Uint8Array {
    return this.#rans.finish()
  }
}

/** Reads what a `SymbolEncoder` coded, given the same tables and indices. Safe for any bytes. */
export class SymbolDecoder {
  readonly #rans: RansDecoder

  /**
   * @param label names the stream in errors
   * @throws AppError `corrupt` when the bytes cannot be a stream
   */
  constructor(bytes: Uint8Array, label: string) {
    this.#rans = new RansDecoder(bytes, label)
  }

  /**
   * Reads the next `symbols.length` symbols into `symbols`.
   * @param indices (n): which of `tables` each symbol was coded by
   * @throws AppError `corrupt` at the end of the bytes, or for a symbol that fits no int16; `internal` when a table is
   *   missing
   */
  read(indices: Uint8Array, tables: readonly FrequencyTable[], symbols: Int16Array): void {
    const rans = this.#rans
    const lookups = lookupsFor(symbols, indices, tables)
    for (let i = 0; i < symbols.length; i++) {
      const { min, cumulative, count, skips, buckets, shift } = lookups[indices[i]]
      if (skips) {
        symbols[i] = 0
        continue
      }
      const slot = rans.slot()
      let entry = buckets[slot >>> shift]
      let end = cumulative[entry + 1]
      while (end <= slot) end = cumulative[++entry + 1]
      const start = cumulative[entry]
      rans.advance(start, end - start)
      symbols[i] = entry === count ? readEscape(rans, min, min + count - 1) : entry + min
    }
  }

  /** @throws AppError `corrupt` unless the stream ends exactly here */
  finish(): void {
    this.#rans.finish()
  }
}

/** The lookup of each table, having checked that there is one for each symbol */
export function lookupsFor(
  symbols: Int16Array,
  indices: Uint8Array,
  tables: readonly FrequencyTable[],
): TableLookup[] {
  if (symbols.length !== indices.length)
    throw new AppError('internal', `${symbols.length} symbols, but ${indices.length} indices of their tables`)
  let largest = -1
  for (let i = 0; i < indices.length; i++) if (indices[i] > largest) largest = indices[i]
  if (largest >= tables.length)
    throw new AppError('internal', `a symbol of table ${largest}, but there are ${tables.length} tables`)
  return tables.slice(0, largest + 1).map(lookupOf)
}
