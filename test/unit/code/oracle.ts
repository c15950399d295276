import fc from 'fast-check'
import { type FrequencyTable, skips, symbolCount, tableOf } from '../../../main/code/frequency-table.ts'
import { frequenciesOf } from '../../../main/code/prior-tables.ts'

/** One step of a stream, as the format's text has it: slots of a symbol, of 65536 */
type Step = readonly [start: number, frequency: number]

/** The steps of one symbol, plainly: its slots, or the escape's and then bits as text */
function stepsOf(symbol: number, table: FrequencyTable): Step[] {
  if (skips(table)) return []
  const ends = [...table.cumulative]
  const count = symbolCount(table)
  const k = symbol - table.min
  if (k >= 0 && k < count) return [[ends[k], ends[k + 1] - ends[k]]]
  const max = table.min + count - 1
  const distance = symbol > max ? symbol - max : table.min - symbol
  const binary = distance.toString(2)
  const single = `${symbol > max ? '1' : '0'}${'0'.repeat(binary.length - 1)}1`
  const steps: Step[] = [[ends[count], 65536 - ends[count]]]
  for (const bit of single) steps.push([bit === '1' ? 32768 : 0, 32768])
  const rest = binary.slice(1)
  if (rest) steps.push([Number.parseInt(rest.padEnd(16, '0'), 2), 2 ** (16 - rest.length)])
  return steps
}

/** The stream of these symbols: slow, in big integers, from the text of the format alone */
export function slowStream(
  symbols: Int16Array,
  indices: Uint8Array,
  tables: readonly FrequencyTable[],
): Uint8Array {
  const steps = [...symbols].flatMap((symbol, i) => stepsOf(symbol, tables[indices[i]]))
  if (steps.length === 0) return new Uint8Array(0)
  let state = 1n << 23n
  const reversed: number[] = []
  for (const [start, frequency] of steps.reverse()) {
    const f = BigInt(frequency)
    const next = () => (state / f) * 65536n + (state % f) + BigInt(start)
    while (next() >= 1n << 31n) {
      reversed.push(Number(state & 255n))
      state >>= 8n
    }
    state = next()
  }
  return Uint8Array.of(
    ...[0n, 8n, 16n, 24n].map((shift) => Number((state >> shift) & 255n)),
    ...reversed.reverse(),
  )
}

/** The bits that these symbols carry by their tables: one whole number of all steps, never cut short */
export function informationBits(
  symbols: Int16Array,
  indices: Uint8Array,
  tables: readonly FrequencyTable[],
): number {
  let bits = 0
  symbols.forEach((symbol, i) => {
    for (const [, frequency] of stepsOf(symbol, tables[indices[i]])) bits += Math.log2(65536 / frequency)
  })
  return bits
}

const anySymbol = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 2, arbitrary: fc.integer({ min: -300, max: 300 }) },
  { weight: 1, arbitrary: fc.integer({ min: -32768, max: 32767 }) },
  { weight: 1, arbitrary: fc.constantFrom(-32768, -32767, 32766, 32767) },
)

/** Tables of all shapes: flat, peaked, of one symbol, skipped, at the ends of what an int16 holds */
export const anyTable: fc.Arbitrary<FrequencyTable> = fc
  .tuple(
    fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20 }), fc.constant(1e6)), {
      minLength: 2,
      maxLength: 40,
    }),
    anySymbol,
  )
  .map(([weights, min]) => {
    const sum = weights.reduce((total, weight) => total + weight, 1e-9)
    const frequencies = frequenciesOf(weights.map((weight) => weight / sum))
    return tableOf(Math.min(min, 32767 - weights.length + 2), frequencies, 'a random table')
  })

export interface Message {
  readonly tables: readonly FrequencyTable[]
  readonly symbols: Int16Array
  readonly indices: Uint8Array
}

/** Symbols, mostly inside their tables, each with the index of its table */
export const anyMessage: fc.Arbitrary<Message> = fc
  .array(anyTable, { minLength: 1, maxLength: 6 })
  .chain((tables) =>
    fc
      .array(fc.tuple(fc.nat(tables.length - 1), anySymbol, fc.nat(1000), fc.boolean()), { maxLength: 200 })
      .map((drawn) => ({
        tables,
        indices: Uint8Array.from(drawn, ([index]) => index),
        symbols: Int16Array.from(drawn, ([index, outside, inside, escapes]) => {
          const table = tables[index]
          if (skips(table)) return 0
          return escapes ? outside : table.min + (inside % symbolCount(table))
        }),
      })),
  )
