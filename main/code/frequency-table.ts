import { AppError } from '../../shared/errors.ts'
import { FREQUENCY_SUM } from './rans.ts'

/** Symbols are what an int16 holds. */
export const SMALLEST_SYMBOL = -32768
export const LARGEST_SYMBOL = 32767

/**
 * How likely the symbols are, in 65536ths: symbol `min + k` has the slots from `cumulative[k]` up to, not including,
 * `cumulative[k + 1]`. The last slots are no symbol's: they are the escape, for every symbol outside the table.
 */
export interface FrequencyTable {
  /** the smallest symbol of the table */
  readonly min: number
  /** rising by at least 1 from 0 to 65536; two more entries than the table has symbols, at least 3 */
  readonly cumulative: Uint32Array
}

/** Symbols that the table holds, without the escape */
export function symbolCount({ cumulative }: FrequencyTable): number {
  return cumulative.length - 2
}

/** Slots, of 65536, that all symbols but 0 may have together in a table that is skipped */
const skippedSlots = 8

/**
 * Whether 0 is so likely (at least 1 - 2^-13) that symbols of this table are not coded at all: they are 0. This
 * depends on nothing but the table, so that a decoder knows it.
 */
export function skips({ min, cumulative }: FrequencyTable): boolean {
  const zero = -min
  if (zero < 0 || zero >= cumulative.length - 2) return false
  return cumulative[zero + 1] - cumulative[zero] >= FREQUENCY_SUM - skippedSlots
}

/**
 * A table of these frequencies, the escape's last.
 * @throws AppError `corrupt` naming `label` unless every frequency is an integer from 1 on, all sum to 65536, and every
 *   symbol fits an int16
 */
export function tableOf(min: number, frequencies: ArrayLike<number>, label: string): FrequencyTable {
  const corrupt = (what: string) => new AppError('corrupt', `${label} is no table of frequencies: ${what}`)
  if (frequencies.length < 2) throw corrupt(`it has ${frequencies.length} entries, expected at least 2`)
  const max = min + frequencies.length - 2
  if (!(Number.isInteger(min) && min >= SMALLEST_SYMBOL && max <= LARGEST_SYMBOL))
    throw corrupt(`its symbols are ${min} to ${max}`)
  const cumulative = new Uint32Array(frequencies.length + 1)
  for (let k = 0; k < frequencies.length; k++) {
    const frequency = frequencies[k]
    if (!(Number.isInteger(frequency) && frequency >= 1 && frequency < FREQUENCY_SUM))
      throw corrupt(`entry ${k} is ${frequency}`)
    cumulative[k + 1] = cumulative[k] + frequency
  }
  const sum = cumulative[frequencies.length]
  if (sum !== FREQUENCY_SUM) throw corrupt(`its entries sum to ${sum}, expected ${FREQUENCY_SUM}`)
  return { min, cumulative }
}

/** Tables as flat arrays of integers, to be stored as tensors */
export interface PackedTables {
  /** (tables): entries of each, the escape's included */
  readonly lengths: Int32Array
  /** (tables): smallest symbol of each */
  readonly mins: Int32Array
  /** (sum of lengths): slots of each entry, of 65536, table after table; they fit 16 bits */
  readonly frequencies: Uint16Array
}

export function packTables(tables: readonly FrequencyTable[]): PackedTables {
  return {
    lengths: Int32Array.from(tables, ({ cumulative }) => cumulative.length - 1),
    mins: Int32Array.from(tables, ({ min }) => min),
    frequencies: Uint16Array.from(
      tables.flatMap(({ cumulative }) => Array.from(cumulative.subarray(1), (end, k) => end - cumulative[k])),
    ),
  }
}

/** @throws AppError `corrupt` naming `label` unless the arrays are those of valid tables */
export function unpackTables(
  packed: Readonly<Record<keyof PackedTables, ArrayLike<number>>>,
  label: string,
): FrequencyTable[] {
  const { lengths, mins, frequencies } = packed
  const corrupt = (what: string) => new AppError('corrupt', `${label}: ${what}`)
  if (lengths.length !== mins.length)
    throw corrupt(`${lengths.length} lengths of tables, but ${mins.length} mins`)
  const tables: FrequencyTable[] = []
  let start = 0
  for (let t = 0; t < lengths.length; t++) {
    const end = start + lengths[t]
    if (!(Number.isInteger(end) && end >= start && end <= frequencies.length))
      throw corrupt(`table ${t} claims entries ${start} to ${end} of ${frequencies.length}`)
    tables.push(tableOf(mins[t], Array.prototype.slice.call(frequencies, start, end), `${label}: table ${t}`))
    start = end
  }
  if (start !== frequencies.length)
    throw corrupt(`${frequencies.length - start} frequencies belong to no table`)
  return tables
}
