import { expect, test } from 'vitest'
import {
  clippedMoments,
  keptAt,
  keptDeviation,
} from '../../../../../shared/metrics/noise-level/clipped-normal.ts'
import { estimateNoise } from '../../../../../shared/metrics/noise-level/estimate-noise.ts'
import { estimateSigma } from '../../../../../shared/metrics/noise-level/estimate-sigma.ts'
import { addNoise } from '../../../../../shared/noise/add-noise.ts'
import { clip, quantise } from '../../../../../shared/noise/steps.ts'
import { Random } from '../../../../../shared/random.ts'
import {
  disturbed,
  golden,
  greenOf,
  largePhoto,
  largestDifference,
  moments,
  plain,
  smallPhoto,
} from '../../golden.ts'

const reference = golden('metrics')

test.each([
  ['91x67', smallPhoto()],
  ['177x163', largePhoto()],
] as const)('%s: Immerkaer as in scipy, MAD as in scikit-image, within 1e-4 levels', (name, photo) => {
  const expected = reference[name].levels
  const readings = estimateNoise(disturbed(photo))
  expect(largestDifference(readings.immerkaer.channels, expected.immerkaer)).toBeLessThan(1e-4)
  expect(largestDifference(readings.mad.channels, expected.mad)).toBeLessThan(1e-4)
  expect(largestDifference(readings.madHalf.channels, expected.madHalf)).toBeLessThan(1e-4)
  expect(Math.abs(readings.mad.average - expected.madAverage)).toBeLessThan(1e-4)
})

test('white noise halves when the image is halved, blurred noise does not', () => {
  const grey = plain(200, 200, 1, 0.5)
  const white = estimateNoise(addNoise(grey, { model: 'gaussian', seed: 1 }))
  expect(white.halvingRatio).toBeCloseTo(2, 0)
  expect(white.correlated).toBe(false)
  expect(estimateNoise(addNoise(grey, { model: 'correlated', seed: 1 })).correlated).toBe(true)
  expect(estimateNoise(grey)).toMatchObject({ halvingRatio: 2, correlated: false })
  expect(estimateNoise(grey).mad.average).toBeCloseTo(0, 12)
})

// A piece of a photo, 177 x 163 pixels; its 100 blocks say less about grey noise than its colours about colour noise.
test.each([5, 15, 25, 50, 75])('level %i on a photo, clipped to 8 bits or not', (sigma255) => {
  for (const photo of [largePhoto(), greenOf(largePhoto())]) {
    const noisy = addNoise(photo, { model: 'gaussian', parameters: { sigma255 }, seed: 3 })
    const file = quantise(clip(noisy), 8)
    for (const image of [noisy, file]) {
      const estimate = estimateSigma(image)
      const colour = photo.channels === 3
      expect(Math.abs(estimate.sigma255 - sigma255)).toBeLessThan(0.4 + (colour ? 0.04 : 0.1) * sigma255)
      expect(estimate.method).toBe(colour ? 'opponent' : 'flat-blocks')
    }
  }
})

test('noise that is the same in all channels is seen too', () => {
  const parameters = { sigma255: 20, channels: 'grey' }
  const { sigma255, method } = estimateSigma(
    addNoise(largePhoto(), { model: 'gaussian', parameters, seed: 3 }),
  )
  expect(Math.abs(sigma255 - 20)).toBeLessThan(1)
  expect(method).toBe('flat-blocks')
})

test('the MAD leaves out what is painted, as scikit-image does', () => {
  const noisy = addNoise(plain(200, 200, 1, 0), { model: 'gaussian', parameters: { sigma255: 20 }, seed: 1 })
  const half = { ...noisy, data: noisy.data.map((value, i) => (i % 200 < 120 ? 0 : value)) }
  expect(Math.abs(estimateNoise(half).mad.average - 20)).toBeLessThan(1)
})

test('values above 1 say that nothing was clipped', () => {
  const bright = plain(200, 200, 3, 0.85)
  const noisy = addNoise(bright, { model: 'gaussian', parameters: { sigma255: 20 }, seed: 1 })
  expect(Math.min(...noisy.data)).toBeGreaterThan(0)
  expect(Math.abs(estimateSigma(noisy).sigma255 - 20)).toBeLessThan(0.2)
  expect(Math.abs(estimateSigma(clip(noisy)).sigma255 - 20)).toBeLessThan(1)
})

test('small, empty and large images', () => {
  expect(estimateSigma(plain(5, 5, 1, 0.3))).toEqual({ sigma255: 0, method: 'immerkaer' })
  expect(estimateSigma(plain(40, 40, 3, 0.3)).sigma255).toBeCloseTo(0, 5)
  expect(estimateSigma(plain(40, 40, 3, 1)).sigma255).toBeCloseTo(0, 5)
  expect(() => estimateSigma(plain(2, 9, 3, 0))).toThrow('at least 3 x 3')
  expect(() => estimateNoise(plain(5, 9, 3, 0))).toThrow('at least 6 x 6')
  const large = addNoise(plain(1500, 1100, 3, 0.5), {
    model: 'gaussian',
    parameters: { sigma255: 10 },
    seed: 1,
  })
  expect(estimateSigma(large).sigma255).toBeCloseTo(10, 1)
})

test.each([
  [0.5, 0.2],
  [0.1, 0.1],
  [0.95, 0.3],
])('moments of normal noise at %d, deviation %d, clipped', (centre, sigma) => {
  const values = new Random(1)
    .fillNormal(new Float32Array(400_000))
    .map((n) => Math.min(1, Math.max(0, centre + sigma * n)))
  const measured = moments(values)
  const { mean, deviation } = clippedMoments(centre, sigma)
  expect(mean).toBeCloseTo(measured.mean, 2.5)
  expect(deviation).toBeCloseTo(measured.deviation, 2.5)
  expect(keptAt(keptDeviation(sigma), mean) * sigma).toBeCloseTo(deviation, 3)
})
