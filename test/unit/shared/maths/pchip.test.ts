import { expect, test } from 'vitest'
import { pchip } from '../../../../shared/maths/pchip.ts'

// SciPy's PchipInterpolator through the same points: with a plateau, a fall and ends that would overshoot.
const xs = [0, 1, 2.5, 3, 5, 6.5]
const ys = [0, 2, 2.5, 2.5, 1, 4]

test('values are those of SciPy', () => {
  const curve = pchip(xs, ys)
  const expected = [
    [0.3, 0.7861999999999999],
    [1.7, 2.3445037037037038],
    [2.8, 2.5],
    [4, 1.75],
    [6, 2.515873015873016],
  ] as const
  for (const [x, value] of expected) expect(curve.at(x)).toBeCloseTo(value, 12)
  for (const [k, x] of xs.entries()) expect(curve.at(x)).toBeCloseTo(ys[k], 12)
})

test('integrals are those of SciPy, and add up', () => {
  const curve = pchip(xs, ys)
  expect(curve.integral(0.3, 6)).toBeCloseTo(10.826321507936505, 11)
  expect(curve.integral(0, 6.5)).toBeCloseTo(12.563740079365079, 11)
  expect(curve.integral(0, 2.5) + curve.integral(2.5, 6.5)).toBeCloseTo(curve.integral(0, 6.5), 12)
  expect(curve.integral(3, 3)).toBe(0)
})

test('two points make a line', () => {
  expect(pchip([1, 3], [2, 6]).at(1.5)).toBeCloseTo(3, 12)
  expect(pchip([1, 3], [2, 6]).integral(1, 3)).toBeCloseTo(8, 12)
})
