import { type FrequencyTable, skips, symbolCount } from './frequency-table.ts'
import { FREQUENCY_BITS } from './rans.ts'

/** What coding with a table needs, worked out once for each table */
export interface TableLookup {
  readonly min: number
  readonly cumulative: Uint32Array
  /** symbols of the table, and so the entry of the escape */
  readonly count: number
  readonly skips: boolean
  /** slots >> shift -> the entry that has the first of these slots: a search starts there and goes up */
  readonly buckets: Uint16Array
  readonly shift: number
}

const known = new WeakMap<FrequencyTable, TableLookup>()

/** Memory of a lookup is about 4 bytes an entry, not 128 KiB a table. */
export function lookupOf(table: FrequencyTable): TableLookup {
  const found = known.get(table)
  if (found) return found
  const { min, cumulative } = table
  const count = symbolCount(table)
  // At least one bucket for each entry: then a search takes less than one step up on average.
  const bits = Math.min(12, Math.max(8, Math.ceil(Math.log2(count + 1))))
  const shift = FREQUENCY_BITS - bits
  const buckets = new Uint16Array(1 << bits)
  let entry = 0
  for (let bucket = 0; bucket < buckets.length; bucket++) {
    while (cumulative[entry + 1] <= bucket << shift) entry++
    buckets[bucket] = entry
  }
  const lookup = { min, cumulative, count, skips: skips(table), buckets, shift }
  known.set(table, lookup)
  return lookup
}
