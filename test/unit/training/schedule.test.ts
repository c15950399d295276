import { describe, expect, test } from 'vitest'
import { defaultSchedule, fractionDone, rateFactor, type Schedule } from '../../../main/training/schedule.ts'

describe('cosine with warm-up', () => {
  test('rises over the first steps, then falls to the floor', () => {
    expect(rateFactor(defaultSchedule, { step: 0, fraction: 0 })).toBeCloseTo(1 / 300 + 1e-3, 5)
    expect(rateFactor(defaultSchedule, { step: 299, fraction: 0 })).toBeCloseTo(1, 12)
    expect(rateFactor(defaultSchedule, { step: 5000, fraction: 0.5 })).toBeCloseTo(0.5005, 12)
    expect(rateFactor(defaultSchedule, { step: 10_000, fraction: 1 })).toBeCloseTo(1e-3, 12)
    expect(rateFactor(defaultSchedule, { step: 10_000, fraction: 1.2 })).toBeCloseTo(1e-3, 12)
  })

  test('agrees with min(1, (step + 1) / 300) (0.5 + 0.5 cos(pi passed)) + 0.001 within that thousandth', () => {
    for (const [step, fraction] of [
      [0, 0],
      [150, 0.02],
      [1000, 0.1],
      [7000, 0.7],
      [9999, 0.9999],
    ] as const) {
      const reference = Math.min(1, (step + 1) / 300) * (0.5 + 0.5 * Math.cos(Math.PI * fraction)) + 1e-3
      expect(Math.abs(rateFactor(defaultSchedule, { step, fraction }) - reference)).toBeLessThanOrEqual(1e-3)
    }
  })
})

test('constant stays at 1, without warm-up from the first step on', () => {
  expect(rateFactor({ kind: 'constant', warmupSteps: 0 }, { step: 0, fraction: 0 })).toBe(1)
  expect(rateFactor({ kind: 'constant', warmupSteps: 4 }, { step: 1, fraction: 0 })).toBe(0.5)
  expect(rateFactor({ kind: 'constant', warmupSteps: 4 }, { step: 900, fraction: 0.9 })).toBe(1)
})

test('stairs go down at each fraction', () => {
  const stairs: Schedule = { kind: 'stairs', warmupSteps: 0, at: [0.5, 0.75], factor: 0.1 }
  const factors = [0.49, 0.5, 0.74, 0.75].map((fraction) => rateFactor(stairs, { step: 9, fraction }))
  expect(factors).toEqual([1, 0.1, 0.1, 0.1 ** 2])
})

test('a schedule out of range is refused by name', () => {
  const progress = { step: 0, fraction: 0 }
  expect(() => rateFactor({ kind: 'cosine', warmupSteps: 0, floor: 2 }, progress)).toThrow(
    /floor should be 0 to 1, got 2/,
  )
  expect(() => rateFactor({ kind: 'constant', warmupSteps: -1 }, progress)).toThrow(/warmupSteps/)
  expect(() => rateFactor({ kind: 'stairs', warmupSteps: 0, at: [], factor: 0 }, progress)).toThrow(/factor/)
})

test('the fraction done goes by steps or by time and ends at 1', () => {
  const done = { step: 250, elapsedMs: 30_000 }
  expect(fractionDone({ steps: 1000 }, done)).toBe(0.25)
  expect(fractionDone({ elapsedMs: 60_000 }, done)).toBe(0.5)
  expect(fractionDone({ steps: 100 }, done)).toBe(1)
  expect(() => fractionDone({ steps: 0 }, done)).toThrow(/above 0, got 0/)
})
