import fc from 'fast-check'
import { expect, test } from 'vitest'
import { skips, tableOf } from '../../../main/code/frequency-table.ts'
import { gaussianTable } from '../../../main/code/prior-tables.ts'
import { bitsOf, costTable } from '../../../main/code/symbol-cost.ts'
import { anyMessage, informationBits } from './oracle.ts'

test('the bits of symbols are what their frequencies say, in sum and each', () => {
  fc.assert(
    fc.property(anyMessage, ({ symbols, indices, tables }) => {
      const each = new Float32Array(symbols.length)
      const bits = bitsOf(symbols, indices, tables, each)
      expect(bits).toBeCloseTo(informationBits(symbols, indices, tables), 3)
      expect(each.reduce((sum, cost) => sum + cost, 0)).toBeCloseTo(bits, 3)
      symbols.forEach((symbol, i) => {
        const alone = informationBits(Int16Array.of(symbol), Uint8Array.of(0), [tables[indices[i]]])
        expect(each[i]).toBeCloseTo(alone, 4)
      })
    }),
  )
})

test('a cost is 16 less the logarithm of the slots; an escape adds its plain bits', () => {
  const { min, bits, escapeBits } = costTable(tableOf(-1, [16384, 32768, 8192, 8192], 'a'))
  expect(min).toBe(-1)
  expect([...bits]).toEqual([2, 1, 3])
  // 3 for the escape, 1 for the side, and 1, 3, 3, 5 bits for 1, 2, 3, 4 beyond the table
  expect([2, 3, 4, 5, -2, -5].map(escapeBits)).toEqual([5, 7, 7, 9, 5, 9])
})

test('a table that is skipped codes 0 for nothing and nothing else', () => {
  const table = gaussianTable(0.11)
  expect(skips(table)).toBe(true)
  const { min, bits, escapeBits } = costTable(table)
  expect([min, ...bits]).toEqual([0, 0])
  expect([1, -1, 32767].map(escapeBits)).toEqual([Infinity, Infinity, Infinity])
  expect(bitsOf(new Int16Array(4), new Uint8Array(4), [table])).toBe(0)
  expect(bitsOf(Int16Array.of(0, 1), new Uint8Array(2), [table])).toBe(Infinity)
})

test('a table that is missing is named', () => {
  expect(() => bitsOf(new Int16Array(1), Uint8Array.of(2), [])).toThrow(
    'a symbol of table 2, but there are 0 tables',
  )
})
