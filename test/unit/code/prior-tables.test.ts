import { expect, test } from 'vitest'
import { type FrequencyTable, skips, symbolCount } from '../../../main/code/frequency-table.ts'
import {
  erfc,
  frequenciesOf,
  gaussianScale,
  gaussianTable,
  logisticTable,
} from '../../../main/code/prior-tables.ts'

/** Slots of a symbol */
function slots({ min, cumulative }: FrequencyTable, symbol: number): number {
  return cumulative[symbol - min + 1] - cumulative[symbol - min]
}

test('erfc has the values of scipy 1.14', () => {
  const values: [number, number][] = [
    [-1, 1.8427007929497148],
    [0, 1],
    [0.1, 0.8875370839817152],
    [1, 0.15729920705028513],
    [2.4, 0.0006885138966450786],
    [2.5, 0.0004069520174449589],
    [2.6, 0.00023603441652934968],
    [5, 1.537459794428035e-12],
  ]
  for (const [x, expected] of values) expect(Math.abs(erfc(x) / expected - 1)).toBeLessThan(1e-12)
})

test('the 64 scales are evenly spaced by ratio', () => {
  expect([gaussianScale(0), gaussianScale(63)]).toEqual([0.11, 256])
  for (let i = 1; i < 64; i++) expect(gaussianScale(i) / gaussianScale(i - 1)).toBeCloseTo(1.1309, 4)
})

test('a Gaussian of one step is that of the tables of statistics', () => {
  // 65536 * (Phi(0.5) - Phi(-0.5)), (Phi(1.5) - Phi(0.5)), ...
  const table = gaussianTable(1)
  expect([0, 1, 2, 3, 4].map((k) => slots(table, k))).toEqual([25095, 15842, 3971, 392, 15])
  expect(table.min).toBe(-4)
})

test('every Gaussian: symmetric, falling, cut where little is left, and costing within 0.1 % of the ideal', () => {
  for (let i = 0; i < 64; i++) {
    const scale = gaussianScale(i)
    const table = gaussianTable(scale)
    const largest = -table.min
    expect(symbolCount(table)).toBe(2 * largest + 1)
    const escapeSlots = 65536 - table.cumulative[symbolCount(table)]
    expect(escapeSlots).toBeLessThanOrEqual(2 ** 4)
    let [ideal, cost] = [0, 0]
    for (let k = -largest; k <= largest; k++) {
      // A symbol may have a slot more or less than its mirror image where the sum asks for it.
      expect(Math.abs(slots(table, k) - slots(table, -k))).toBeLessThanOrEqual(1)
      if (k > 0) expect(slots(table, k)).toBeLessThanOrEqual(slots(table, k - 1) + 1)
      const [near, far] = [Math.abs(k) - 0.5, Math.abs(k) + 0.5].map(
        (v) => 0.5 * erfc(v / scale / Math.SQRT2),
      )
      const probability = near - far
      if (probability < 1e-12) continue
      ideal -= probability * Math.log2(probability)
      cost -= probability * Math.log2(slots(table, k) / 65536)
    }
    expect(cost).toBeLessThan(ideal * 1.001 + 2e-4)
  }
})

test('a Gaussian is skipped where other symbols than 0 are rarer than one in 8192', () => {
  const skipped = Array.from({ length: 64 }, (_, i) => skips(gaussianTable(gaussianScale(i))))
  expect(skipped.indexOf(false)).toBe(2)
  expect(skipped.lastIndexOf(true)).toBe(1)
  expect(skips(gaussianTable(0.13))).toBe(true)
  expect(skips(gaussianTable(0.132))).toBe(false)
})

test('a logistic is integrated around its mean', () => {
  // 65536 * (sigmoid((k + 0.5 - 2.25) / 1.5) - sigmoid((k - 0.5 - 2.25) / 1.5))
  const sigmoid = (v: number) => 1 / (1 + Math.exp(-v))
  const table = logisticTable(2.25, 1.5)
  for (let k = -6; k <= 10; k++) {
    const expected = 65536 * (sigmoid((k - 1.75) / 1.5) - sigmoid((k - 2.75) / 1.5))
    expect(Math.abs(slots(table, k) - expected)).toBeLessThan(1)
  }
  expect(logisticTable(-300.4, 0.1).min).toBeLessThanOrEqual(-301)
  expect(skips(logisticTable(0, 0.02))).toBe(true)
  expect(skips(logisticTable(1, 0.02))).toBe(false)
  expect(skips(logisticTable(-9, 0.02))).toBe(false)
})

test('frequencies have a slot for each, and spend a lack or an excess where it costs least', () => {
  expect(frequenciesOf([0.5, 0.5])).toEqual([32768, 32768])
  expect(frequenciesOf([0.999999, 5e-7, 5e-7])).toEqual([65534, 1, 1])
  const many = frequenciesOf(Array.from({ length: 65536 }, () => 1 / 65536))
  expect(Math.max(...many)).toBe(1)
  const thirds = frequenciesOf([1 / 3, 1 / 3, 1 / 3])
  expect([...thirds].sort()).toEqual([21845, 21845, 21846])
})

test('a scale or a mean that makes no sense is refused', () => {
  for (const scale of [0, -1, Number.NaN, 2000]) {
    expect(() => gaussianTable(scale)).toThrow(`scale: expected a number above 0, up to 1024, got ${scale}`)
    expect(() => logisticTable(0, scale)).toThrow(`got ${scale}`)
  }
  expect(() => logisticTable(Number.NaN, 1)).toThrow('mean: expected a number from -1024 to 1024, got NaN')
})
