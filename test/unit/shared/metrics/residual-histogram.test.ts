import { expect, test } from 'vitest'
import { residualHistogram } from '../../../../shared/metrics/residual-histogram.ts'
import { addNoise } from '../../../../shared/noise/add-noise.ts'

const flat = (value: number, channels: 1 | 3 = 3) => ({
  ...{ width: 64, height: 64, channels },
  data: new Float32Array(64 * 64 * channels).fill(value),
})

test('noise of a level has its mean and deviation, and each channel counts its pixels', () => {
  const before = flat(0.5)
  const after = addNoise(before, { model: 'gaussian', parameters: { sigma255: 25 }, seed: 1 })
  const { from, width, mean, deviation, channels } = residualHistogram(before, after)
  expect(mean).toBeCloseTo(0, 0)
  expect(deviation).toBeGreaterThan(24)
  expect(deviation).toBeLessThan(26)
  for (const { counts } of channels) {
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe(64 * 64)
    const mode = from + (counts.indexOf(Math.max(...counts)) + 0.5) * width
    expect(Math.abs(mode)).toBeLessThan(15)
  }
})

test('no difference falls into the middle bin; what lies outside counts at the ends', () => {
  const none = residualHistogram(flat(0.5, 1), flat(0.5, 1))
  expect(none.channels).toHaveLength(1)
  expect(none.channels[0]!.counts[64]).toBe(64 * 64)
  expect(none.from + 64.5 * none.width).toBeCloseTo(0)
  const spike = flat(0, 1)
  spike.data[5] = 1
  const { counts } = residualHistogram(flat(0, 1), spike).channels[0]!
  expect(counts.at(-1)).toBe(1)
})
