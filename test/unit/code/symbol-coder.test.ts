import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type FrequencyTable, skips, tableOf } from '../../../main/code/frequency-table.ts'
import { gaussianScale, gaussianTable } from '../../../main/code/prior-tables.ts'
import { RansEncoder } from '../../../main/code/rans.ts'
import { SymbolDecoder, SymbolEncoder } from '../../../main/code/symbol-coder.ts'
import { AppError } from '../../../shared/errors.ts'
import { Random } from '../../../shared/random.ts'
import { anyMessage, informationBits, type Message, slowStream } from './oracle.ts'

function encode({ symbols, indices, tables }: Message): Uint8Array {
  const encoder = new SymbolEncoder()
  encoder.push(symbols, indices, tables)
  return encoder.finish()
}

function decode(bytes: Uint8Array, indices: Uint8Array, tables: readonly FrequencyTable[]): Int16Array {
  const symbols = new Int16Array(indices.length).fill(99)
  const decoder = new SymbolDecoder(bytes, 'tile 3')
  decoder.read(indices, tables, symbols)
  decoder.finish()
  return symbols
}

const scales = Array.from({ length: 64 }, (_, i) => gaussianTable(gaussianScale(i)))
const wide = gaussianTable(10)
const message = (table: FrequencyTable, ...symbols: number[]): Message => ({
  tables: [table],
  symbols: Int16Array.from(symbols),
  indices: new Uint8Array(symbols.length),
})

/** Symbols of the Gaussians themselves, all scales about as often */
function gaussianMessage(count: number): Message {
  const random = new Random([7])
  const indices = Uint8Array.from({ length: count }, () => random.integer(64))
  const symbols = Int16Array.from(indices, (index) => {
    const drawn = Math.round(random.normal() * gaussianScale(index))
    return skips(scales[index]) ? 0 : drawn
  })
  return { tables: scales, symbols, indices }
}

describe('symbols', () => {
  test('become the bytes of a slow coder in big integers, and come back', () => {
    fc.assert(
      fc.property(anyMessage, (any) => {
        const bytes = encode(any)
        expect(bytes).toEqual(slowStream(any.symbols, any.indices, any.tables))
        expect(decode(bytes, any.indices, any.tables)).toEqual(any.symbols)
      }),
      { numRuns: 500 },
    )
  })

  test('take what their frequencies say, within 0.1 % and 8 bytes, long ones within 0.01 %', () => {
    fc.assert(
      fc.property(anyMessage, (any) => {
        const ideal = informationBits(any.symbols, any.indices, any.tables) / 8
        expect(encode(any).length).toBeLessThanOrEqual(ideal * 1.001 + 8)
      }),
    )
    const long = gaussianMessage(60_000)
    const ideal = informationBits(long.symbols, long.indices, long.tables) / 8
    expect(encode(long).length).toBeLessThanOrEqual(ideal * 1.0001 + 8)
    expect(encode(long).length).toBeGreaterThan(ideal * 0.9999)
  })

  test('come back however the calls cut them', () => {
    const { tables, symbols, indices } = gaussianMessage(5000)
    const encoder = new SymbolEncoder()
    for (const [from, to] of [[0, 0], [0, 1], [1, 4500], [4500, 5000]]) // biome-ignore format: four cuts
      encoder.push(symbols.subarray(from, to), indices.subarray(from, to), tables)
    const bytes = encoder.finish()
    expect(bytes).toEqual(encode({ tables, symbols, indices }))
    const decoder = new SymbolDecoder(bytes, 'tile 3')
    const read = new Int16Array(5000)
    for (const [from, to] of [[0, 3000], [3000, 3000], [3000, 5000]]) // biome-ignore format: three cuts
      decoder.read(indices.subarray(from, to), tables, read.subarray(from, to))
    decoder.finish()
    expect(read).toEqual(symbols)
  })

  test('at the ends of an int16 escape from any table', () => {
    for (const symbol of [-32768, 32767, -32767, 32766]) {
      for (const table of [
        wide,
        tableOf(32767, [60000, 5536], 'top'),
        tableOf(-32768, [1, 65535], 'bottom'),
      ]) {
        const one = message(table, symbol)
        expect(decode(encode(one), one.indices, one.tables)).toEqual(one.symbols)
      }
    }
  })

  test('none, or only skipped ones, take no bytes', () => {
    expect(encode(message(wide))).toEqual(new Uint8Array(0))
    const skipped = message(scales[0], 0, 0, 0)
    expect(encode(skipped)).toEqual(new Uint8Array(0))
    expect(decode(new Uint8Array(0), skipped.indices, skipped.tables)).toEqual(skipped.symbols)
  })

  test('a view into a larger buffer is read as it is', () => {
    const { tables, symbols, indices } = gaussianMessage(100)
    const bytes = encode({ tables, symbols, indices })
    const around = new Uint8Array(bytes.length + 10).fill(170)
    around.set(bytes, 3)
    expect(decode(around.subarray(3, 3 + bytes.length), indices, tables)).toEqual(symbols)
  })
})

describe('a mistake of the caller is named', () => {
  const internal = (what: string) =>
    expect.objectContaining({ code: 'internal', message: expect.stringContaining(what) })

  test('a symbol other than 0 of a table that skips', () => {
    expect(() => encode(message(scales[0], 0, 1))).toThrow(
      internal('symbol 1 at 1 of a table that codes only 0'),
    )
  })

  test('a table that is not there, and lengths that differ', () => {
    const encoder = new SymbolEncoder()
    const decoder = new SymbolDecoder(new Uint8Array(0), 'tile 3')
    const two = new Int16Array(2)
    const missing = internal('a symbol of table 5, but there are 1 tables')
    expect(() => encoder.push(two, Uint8Array.of(0, 5), [wide])).toThrow(missing)
    expect(() => decoder.read(Uint8Array.of(0, 5), [wide], two)).toThrow(missing)
    const differ = internal('2 symbols, but 3 indices')
    expect(() => encoder.push(two, new Uint8Array(3), [wide])).toThrow(differ)
    expect(() => decoder.read(new Uint8Array(3), [wide], two)).toThrow(differ)
  })
})

describe('a damaged stream', () => {
  const corrupt = (what: string) =>
    expect.objectContaining({
      code: 'corrupt',
      message: expect.stringContaining(`tile 3 is no stream of symbols: ${what}`),
    })

  test('that is too short for a state, or whose state cannot be, is refused at once', () => {
    for (const length of [1, 2, 3])
      expect(() => new SymbolDecoder(new Uint8Array(length), 'tile 3')).toThrow(
        corrupt(`it has ${length} bytes`),
      )
    const low = Uint8Array.of(255, 255, 127, 0)
    const high = Uint8Array.of(0, 0, 0, 128)
    expect(() => new SymbolDecoder(low, 'tile 3')).toThrow(corrupt('it starts at state 8388607'))
    expect(() => new SymbolDecoder(high, 'tile 3')).toThrow(corrupt('it starts at state 2147483648'))
  })

  test('cut short, lengthened, or read too far is refused', () => {
    const { tables, symbols, indices } = gaussianMessage(300)
    const bytes = encode({ tables, symbols, indices })
    for (let length = 0; length < bytes.length; length++)
      expect(() => decode(bytes.subarray(0, length), indices, tables)).toThrow(corrupt('it '))
    expect(() => decode(Uint8Array.of(...bytes, 0), indices, tables)).toThrow(
      corrupt(`1 of its ${bytes.length + 1} bytes are left over`),
    )
    expect(() => decode(bytes, indices.subarray(0, 200), tables)).toThrow(corrupt(''))
    expect(() => decode(bytes, Uint8Array.of(...indices, ...new Uint8Array(50).fill(63)), tables)).toThrow(
      corrupt(''),
    )
  })

  test('that does not come back to the start state is refused', () => {
    const bytes = encode(message(wide, 3))
    expect(() =>
      decode(Uint8Array.of(bytes[0], bytes[1], bytes[2] ^ 1, bytes[3]), new Uint8Array(1), [wide]),
    ).toThrow(corrupt('it ends at state'))
  })

  test('with any one bit changed is refused or gives other symbols, never another error', () => {
    const { tables, symbols, indices } = gaussianMessage(200)
    const bytes = encode({ tables, symbols, indices })
    let refused = 0
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = bytes.slice()
      changed[bit >> 3] ^= 1 << (bit & 7)
      try {
        expect(decode(changed, indices, tables)).not.toEqual(symbols)
      } catch (error) {
        expect(error).toEqual(corrupt(''))
        refused++
      }
    }
    expect(refused).toBe(bytes.length * 8) // one in 2^23 or so would pass
  })

  test('of an escape that no int16 holds is refused', () => {
    const bottom = tableOf(-32768, [1, 65535], 'bottom')
    const one = message(bottom, 32767)
    expect(decode(encode(one), one.indices, one.tables)).toEqual(one.symbols)
    expect(() => decode(encode(one), one.indices, [tableOf(-32767, [1, 65535], 'next')])).toThrow(
      corrupt('an escaped symbol is 32768'),
    )
    const lowest = message(tableOf(32767, [1, 65535], 'top'), -32768)
    expect(() => decode(encode(lowest), lowest.indices, [tableOf(32766, [1, 65535], 'next')])).toThrow(
      corrupt('an escaped symbol is -32769'),
    )
    const endless = new RansEncoder()
    endless.put(1, 65535)
    for (let k = 0; k < 40; k++) endless.putBits(0, 1)
    const zeros = endless.finish()
    const escapes = tableOf(0, [1, 65535], 'a')
    expect(() => decode(zeros, new Uint8Array(1), [escapes])).toThrow(
      corrupt('an escaped symbol has too many bits'),
    )
  })

  test('of any bytes gives symbols or that one error', () => {
    fc.assert(
      fc.property(
        anyMessage,
        fc.uint8Array({ maxLength: 100 }),
        fc.boolean(),
        ({ tables, indices }, bytes, state) => {
          if (state && bytes.length >= 4) bytes[3] = (bytes[3] & 127) | 1
          try {
            expect(decode(bytes, indices, tables).length).toBe(indices.length)
          } catch (error) {
            expect(error).toBeInstanceOf(AppError)
            expect(error).toEqual(corrupt(''))
          }
        },
      ),
      { numRuns: 2000 },
    )
  })
})
