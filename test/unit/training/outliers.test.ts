import { expect, test } from 'vitest'
import { reasonToSkip, runningMeans } from '../../../main/training/outliers.ts'

const limits = { spikeFactor: 3, gradientSpikeFactor: 10 }
const settled = { updates: 200, runningLoss: 1, runningNorm: 2 }

test('a loss or gradient that is not finite is a reason at any time', () => {
  const fresh = { updates: 0, runningLoss: null, runningNorm: null }
  expect(reasonToSkip(Number.NaN, 1, fresh, limits)).toBe('its loss is NaN')
  expect(reasonToSkip(Infinity, 1, fresh, limits)).toBe('its loss is Infinity')
  expect(reasonToSkip(1, Number.NaN, fresh, limits)).toBe("its gradient's norm is NaN")
  expect(reasonToSkip(1, Infinity, settled, limits)).toBe("its gradient's norm is Infinity")
  expect(reasonToSkip(1e30, 1e30, fresh, limits)).toBe(null)
})

test('a loss or gradient far above the running mean is one after 200 updates', () => {
  expect(reasonToSkip(3, 20, settled, limits)).toBe(null)
  expect(reasonToSkip(3.01, 20, settled, limits)).toBe('its loss 3.01 is far above the running 1.00')
  expect(reasonToSkip(3, 20.1, settled, limits)).toBe(
    "its gradient's norm 20.1 is far above the running 2.00",
  )
  expect(reasonToSkip(3.01, 20.1, { ...settled, updates: 199 }, limits)).toBe(null)
  expect(reasonToSkip(3, 1e9, { ...settled, runningNorm: null }, limits)).toBe(null)
})

test('the running means start at the first value and move by 2 %', () => {
  const first = runningMeans(5, 7, { updates: 0, runningLoss: null, runningNorm: null })
  expect(first.runningLoss).toBeCloseTo(5, 12)
  expect(first.runningNorm).toBeCloseTo(7, 12)
  expect(runningMeans(2, 4, settled)).toEqual({ runningLoss: 0.98 + 0.04, runningNorm: 1.96 + 0.08 })
})
