import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LEVEL_LAST, levelOfQuality, qualityOfLevel } from '../../../main/code/level.ts'

test('quality 1 to 100 is level 0 to 7 in 1024ths', () => {
  expect([1, 1 + 99 / 7, 50.5, 100].map(levelOfQuality)).toEqual([0, 1024, 3584, 7168])
  expect([0, 1024, 7168].map(qualityOfLevel)).toEqual([1, 1 + 99 / 7, 100])
})

test('every level comes back from its quality', () => {
  for (let levelQ = 0; levelQ <= LEVEL_LAST; levelQ++)
    expect(levelOfQuality(qualityOfLevel(levelQ))).toBe(levelQ)
})

test('a quality moves by less than a hundredth, and a better one never to a lower level', () => {
  const quality = fc.double({ min: 1, max: 100, noNaN: true })
  fc.assert(
    fc.property(quality, quality, (a, b) => {
      expect(Math.abs(qualityOfLevel(levelOfQuality(a)) - a)).toBeLessThan(0.01)
      expect(levelOfQuality(Math.max(a, b))).toBeGreaterThanOrEqual(levelOfQuality(Math.min(a, b)))
    }),
  )
})

test('what lies outside is refused', () => {
  for (const quality of [0, 0.999, 100.001, -5, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => levelOfQuality(quality)).toThrow(`expected a number from 1 to 100, got ${quality}`)
  for (const levelQ of [-1, 7169, 1.5, Number.NaN])
    expect(() => qualityOfLevel(levelQ)).toThrow(`expected an integer from 0 to 7168, got ${levelQ}`)
})
