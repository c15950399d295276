import { expect, test } from 'vitest'
import { shareOf, shownValue, stepped, valueAt } from '../../../../renderer/parts/slider-scale.ts'

const even = { min: -1, max: 1, step: 0.1, logarithmic: false }
const ratios = { min: 1, max: 1000, step: 1, logarithmic: true }
const fromZero = { min: 0, max: 0.1, step: 1e-7, logarithmic: true }

test('places and values: even ones, ratios, and ratios with 0 at the left end', () => {
  expect([-1, 0, 1].map((value) => shareOf(value, even))).toEqual([0, 0.5, 1])
  expect([0, 0.53, 1].map((share) => valueAt(share, even))).toEqual([-1, 0.1, 1])
  expect(shareOf(10, ratios)).toBeCloseTo(1 / 3)
  expect([0, 1 / 3, 1].map((share) => valueAt(share, ratios))).toEqual([1, 10, 1000])
  expect([0, 1e-7, 1e-4, 0.1].map((value) => shareOf(value, fromZero))).toEqual([0, 0, 0.5, 1])
  expect([0, 0.5, 1].map((share) => valueAt(share, fromZero))).toEqual([0, 1e-4, 0.1])
  expect(valueAt(0.001, fromZero)).toBeCloseTo(1e-7)
})

test('arrow keys go by steps, or by two per cent where ratios count; never out of the range', () => {
  expect(stepped(0.3, -1, even)).toBe(0.2)
  expect(stepped(0.95, 10, even)).toBe(1)
  expect(stepped(100, 1, ratios)).toBe(102)
  expect(stepped(0, 1, fromZero)).toBe(1e-7)
  expect(stepped(1e-7, -1, fromZero)).toBe(0)
  expect(stepped(1e-5, 1, fromZero)).toBe(1.02e-5)
})

test('numbers are short, however fine their steps', () => {
  expect(shownValue(0.3, even)).toBe('0.3')
  expect(shownValue(12, ratios)).toBe('12')
  expect(shownValue(12, ratios, 1)).toBe('12.0')
  const fine = [0, 1e-7, 1e-5, 0.0000123456, 0.0123, 0.1]
  expect(fine.map((value) => shownValue(value, fromZero))).toEqual([
    '0',
    '1e-7',
    '1e-5',
    '1.23e-5',
    '0.0123',
    '0.1',
  ])
})
