import { expect, test } from 'vitest'
import { axisOf, figureText, isWithin } from '../../../../renderer/parts/parallel.ts'

test('numbers lie on a line, over an order of magnitude on a logarithmic one; words and lists in order of appearance', () => {
  const code = axisOf('code', 'Code', [10, 20, 30, 20])
  expect(code.ticks).toEqual([
    { at: 0, text: '10' },
    { at: 0.5, text: '20' },
    { at: 1, text: '30' },
  ])
  const rate = axisOf('rate', 'Rate', [0.0001, 0.01])
  expect(rate.position(0.001)).toBeCloseTo(0.5)
  expect(rate.textAt(0.5)).toBe('0.001')
  const widths = axisOf('widths', 'Widths', [[16, 32], [8], [16, 32]])
  expect(widths.ticks.map(({ text }) => text)).toEqual(['16, 32', '8'])
  expect(widths.position([8])).toBe(1)
  expect([code.position(null), widths.position([9]), rate.position(Number.NaN)]).toEqual([null, null, null])
  expect(axisOf('one', 'One', [5]).position(5)).toBe(0.5)
})

test('many values have ticks at quarters; ticks that would lie on each other are left out', () => {
  const many = axisOf(
    'x',
    'X',
    Array.from({ length: 11 }, (_, i) => i),
  )
  expect(many.ticks.map(({ text }) => text)).toEqual(['0', '2.5', '5', '7.5', '10'])
  const close = axisOf('x', 'X', [0, 98, 99, 100])
  expect(close.ticks.map(({ text }) => text)).toEqual(['0', '100'])
})

test('a line is within when each marked stretch holds its place; one without a value is not', () => {
  const marked = new Map([[0, [0.2, 0.5] as const]])
  expect(isWithin([0.2, 0.9], marked)).toBe(true)
  expect(isWithin([0.6, 0.9], marked)).toBe(false)
  expect(isWithin([null, 0.9], new Map([[0, [0, 0.5] as const]]))).toBe(false)
  expect(isWithin([null], new Map())).toBe(true)
})

test('figures are short', () => {
  expect([0.00012345, 1234.5, 12, 0, 3e7].map(figureText)).toEqual(['1.23e-4', '1230', '12', '0', '3e7'])
})
