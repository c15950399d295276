import { describe, expect, test } from 'vitest'
import {
  type FrequencyTable,
  packTables,
  skips,
  tableOf,
  unpackTables,
} from '../../../main/code/frequency-table.ts'
import { gaussianScale, gaussianTable, logisticTable } from '../../../main/code/prior-tables.ts'

describe('a table', () => {
  test('has the slots of its frequencies, the escape last', () => {
    const table = tableOf(-1, [1000, 60000, 4000, 536], 'a table')
    expect(table).toEqual({ min: -1, cumulative: Uint32Array.of(0, 1000, 61000, 65000, 65536) })
  })

  test('is refused when it is none', () => {
    const made = (min: number, ...frequencies: number[]) => tableOf(min, frequencies, 'the prior')
    expect(() => made(0, 65536)).toThrow('the prior is no table of frequencies: it has 1 entries')
    expect(() => made(0)).toThrow('it has 0 entries')
    expect(() => made(0, 0, 65536)).toThrow('entry 0 is 0')
    expect(() => made(0, 65536, 1)).toThrow('entry 0 is 65536')
    expect(() => made(0, -5, 65541)).toThrow('entry 0 is -5')
    expect(() => made(0, 0.5, 65535.5)).toThrow('entry 0 is 0.5')
    expect(() => made(0, 1, Number.NaN)).toThrow('entry 1 is NaN')
    expect(() => made(0, 32768, 32767)).toThrow('sum to 65535')
    expect(() => made(0, 32768, 32767, 2)).toThrow('sum to 65537')
    expect(() => made(-32769, 1, 65535)).toThrow('its symbols are -32769 to -32769')
    expect(() => made(32767, 1, 1, 65534)).toThrow('its symbols are 32767 to 32768')
    expect(() => made(0.5, 1, 65535)).toThrow('its symbols are 0.5 to 0.5')
    expect(() => made(0, 1)).toThrow(expect.objectContaining({ code: 'corrupt' }))
    expect(made(32767, 1, 65535).min).toBe(32767)
    expect(made(-32768, 1, 65535).min).toBe(-32768)
  })

  test('is skipped when its 0 has all but 8 slots', () => {
    expect(skips(tableOf(0, [65528, 8], 'a'))).toBe(true)
    expect(skips(tableOf(0, [65527, 9], 'a'))).toBe(false)
    expect(skips(tableOf(-1, [4, 65528, 3, 1], 'a'))).toBe(true)
    expect(skips(tableOf(1, [65528, 8], 'a'))).toBe(false)
    expect(skips(tableOf(-1, [65528, 8], 'a'))).toBe(false)
    // The escape is as likely as can be, but it is not 0.
    expect(skips(tableOf(-1, [1, 65535], 'a'))).toBe(false)
  })
})

describe('packed', () => {
  const tables = [
    ...Array.from({ length: 64 }, (_, i) => gaussianTable(gaussianScale(i))),
    logisticTable(-3.7, 2.5),
    tableOf(32767, [1, 65535], 'a'),
  ]

  test('tables come back, through any kind of array', () => {
    const packed = packTables(tables)
    expect(unpackTables(packed, 'the tables')).toEqual(tables)
    const asFloats = {
      lengths: Float32Array.from(packed.lengths),
      mins: Array.from(packed.mins),
      frequencies: Int32Array.from(packed.frequencies),
    }
    expect(unpackTables(asFloats, 'the tables')).toEqual(tables)
    expect(packed.frequencies.length).toBeLessThan(20_000)
  })

  test('none are none', () => {
    expect(unpackTables(packTables([]), 'the tables')).toEqual([])
  })

  test('a lie is refused', () => {
    const two: FrequencyTable[] = [tableOf(0, [5, 65531], 'a'), tableOf(-1, [1, 65534, 1], 'b')]
    const altered = (change: Partial<Record<'lengths' | 'mins' | 'frequencies', number[]>>) => () =>
      unpackTables({ ...packTables(two), ...change }, 'entropy.tables')
    expect(altered({})).not.toThrow()
    expect(altered({ mins: [0] })).toThrow('entropy.tables: 2 lengths of tables, but 1 mins')
    expect(altered({ lengths: [2, 4] })).toThrow('entropy.tables: table 1 claims entries 2 to 6 of 5')
    expect(altered({ lengths: [2, 2] })).toThrow(
      'entropy.tables: table 1 is no table of frequencies: its entries sum',
    )
    expect(altered({ lengths: [5, 0] })).toThrow('entropy.tables: table 0 is no table')
    expect(altered({ lengths: [-2, 5] })).toThrow('table 0 claims entries 0 to -2')
    expect(altered({ lengths: [Number.NaN, 3] })).toThrow('table 0 claims')
    expect(altered({ lengths: [2 ** 40, 3] })).toThrow('table 0 claims')
    expect(altered({ lengths: [2.5, 2.5] })).toThrow('table 0 claims entries 0 to 2.5')
    expect(altered({ frequencies: [5, 65531, 1, 65534, 1, 7] })).toThrow('1 frequencies belong to no table')
    expect(altered({ mins: [0, 32767] })).toThrow('its symbols are 32767 to 32768')
    expect(altered({ mins: [0, 40000] })).toThrow(expect.objectContaining({ code: 'corrupt' }))
  })
})
