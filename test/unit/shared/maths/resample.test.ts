import { expect, test } from 'vitest'
import { resampledMiddle } from '../../../../shared/maths/resample.ts'
import { Random } from '../../../../shared/random.ts'
import { largestDifference, moments, plain } from '../golden.ts'

const image = (width: number, height: number, value: (x: number, y: number) => number) => ({
  ...{ width, height, channels: 1 as const },
  data: Float32Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width))),
})

test('a factor of 1 changes nothing; what is plain stays so', () => {
  const noise = { ...plain(31, 20, 3, 0), data: new Random(1).fillNormal(new Float32Array(31 * 20 * 3)) }
  expect(largestDifference(resampledMiddle(noise, 1).data, noise.data)).toBeLessThan(1e-6)
  const grey = plain(24, 17, 3, 0.3)
  for (const factor of [0.5, 0.67, 1.4, 2]) {
    expect(largestDifference(resampledMiddle(grey, factor).data, grey.data)).toBeLessThan(1e-6)
  }
})

test('a ramp becomes flatter or steeper around the middle, which stays in its place', () => {
  const ramp = image(40, 30, (x, y) => x + 2 * y)
  const middle = 19.5 + 2 * 14.5
  const [enlarged, reduced] = [resampledMiddle(ramp, 2), resampledMiddle(ramp, 0.5)]
  for (let y = 12; y < 18; y++) {
    for (let x = 16; x < 24; x++) {
      const away = x - 19.5 + 2 * (y - 14.5)
      expect(enlarged.data[y * 40 + x]).toBeCloseTo(middle + away / 2, 4)
      expect(reduced.data[y * 40 + x]).toBeCloseTo(middle + away * 2, 3)
    }
  }
})

test('a half is filled by mirroring, and means over more than it skips', () => {
  const half = resampledMiddle(
    image(32, 32, (x, y) => (x < 8 ? 1 : 0) * (y < 32 ? 1 : 0)),
    0.5,
  ).data
  // The left quarter lies from 8 to 12, and mirrored from 4 to 8.
  const row = [...half.slice(16 * 32, 17 * 32)].map((value) => Math.round(value * 10) / 10)
  for (const x of [5, 6, 7, 8, 9, 10]) expect(row[x]).toBeCloseTo(1, 0)
  expect(row[14]).toBeCloseTo(0, 1)
  const noise = image(200, 200, () => 0)
  new Random(2).fillNormal(noise.data)
  const deviation = (factor: number) => moments(resampledMiddle(noise, factor).data).deviation
  expect(deviation(0.5)).toBeLessThan(0.6)
  expect(deviation(1.5)).toBeGreaterThan(0.6)
  expect(deviation(1.5)).toBeLessThan(0.95)
})
