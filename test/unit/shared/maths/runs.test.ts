import { expect, test } from 'vitest'
import { maskOf, runsOf } from '../../../../shared/maths/runs.ts'
import { Random } from '../../../../shared/random.ts'

test.each([
  [[], []],
  [
    [0, 0, 1],
    [2, 1],
  ],
  [
    [1, 1, 0, 1],
    [0, 2, 1, 1],
  ],
])('the runs of %j are %j', (mask, runs) => {
  expect(runsOf(Uint8Array.from(mask))).toEqual(runs)
})

test('a mask comes back from its runs; runs of another length are refused', () => {
  const random = new Random(4)
  for (const length of [1, 2, 100, 5000]) {
    const mask = Uint8Array.from({ length }, () => (random.uniform() < 0.3 ? 1 : 0))
    expect(maskOf(runsOf(mask), length)).toEqual(mask)
  }
  expect(() => maskOf([3, 2], 6)).toThrow('expected runs of 6 pixels in all, got 5')
  expect(() => maskOf([3, 9], 6)).toThrow('got 12')
})
