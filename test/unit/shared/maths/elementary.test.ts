import { expect, test } from 'vitest'
import { exp, ln, pow } from '../../../../shared/maths/elementary.ts'
import { golden } from '../golden.ts'

const reference = golden('maths')

test('ln and exp agree with numpy within 4e-16, relative', () => {
  reference.points.forEach((x: number, i: number) => {
    expect(Math.abs(ln(x) - reference.ln[i])).toBeLessThanOrEqual(4e-16 * Math.abs(reference.ln[i]))
  })
  reference.exponents.forEach((x: number, i: number) => {
    // Below -708 numbers have fewer digits, and the last of them is all that may differ.
    const allowed = 4e-16 * reference.exp[i] + 5e-324
    expect(Math.abs(exp(x) - reference.exp[i])).toBeLessThanOrEqual(allowed)
  })
})

test('the ends of the range', () => {
  expect([ln(0), ln(-1), ln(Infinity), ln(1)]).toEqual([-Infinity, NaN, Infinity, 0])
  expect([exp(-800), exp(800), exp(0), exp(NaN)]).toEqual([0, Infinity, 1, NaN])
  expect(ln(5e-324)).toBeCloseTo(-744.4400719213812, 10)
  expect([pow(0, 2), pow(0, 0), pow(0, -1)]).toEqual([0, 1, Infinity])
})

test('powers are right to 1e-14', () => {
  for (const y of [0.1, 1 / 2.4, 2.4, -3]) {
    for (let x = 0.01; x < 4; x += 0.083) expect(Math.abs(pow(x, y) / x ** y - 1)).toBeLessThan(1e-14)
  }
})
