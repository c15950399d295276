import { expect, test } from 'vitest'
import { blurredDeviation, blurWrapped, gaussianHalf } from '../../../../shared/maths/blur.ts'
import { forwardDct8, inverseDct8 } from '../../../../shared/maths/dct.ts'
import { demosaicBilinear, demosaicMalvar, mosaic } from '../../../../shared/maths/demosaic.ts'
import { halvedPlane } from '../../../../shared/maths/halve.ts'
import { channelPlane, imageFromPlanes } from '../../../../shared/maths/planes.ts'
import { lnFactorial } from '../../../../shared/maths/poisson.ts'
import { decodeSrgb, encodeSrgb } from '../../../../shared/maths/srgb.ts'
import { Random } from '../../../../shared/random.ts'
import { golden, largestDifference, moments, smallPhoto } from '../golden.ts'

const reference = golden('maths')
const { width, height } = reference.plane
const plane = Float32Array.from(reference.plane.values as number[])

test('the sRGB curves agree with the formula in numpy within 1e-8, also outside [0, 1]', () => {
  expect(largestDifference(reference.light.map(encodeSrgb), reference.encoded)).toBeLessThan(1e-8)
  expect(largestDifference(reference.code.map(decodeSrgb), reference.decoded)).toBeLessThan(1e-8)
  for (let x = -0.5; x < 2; x += 0.01) expect(encodeSrgb(decodeSrgb(x))).toBeCloseTo(x, 6)
})

test('the wrapped blur is that of scipy within 1e-6', () => {
  expect(
    largestDifference(blurWrapped(plane, width, height, gaussianHalf(1.3, 4)), reference.blurred),
  ).toBeLessThan(1e-6)
})

test.each([
  [40, 30, 2],
  [5, 9, 4],
])('white noise of %i x %i, blurred by %i, has the deviation foretold', (w, h, sigma) => {
  const half = gaussianHalf(sigma, 3 * sigma)
  const random = new Random(4)
  const fields = Array.from({ length: 400 }, () =>
    blurWrapped(random.fillNormal(new Float32Array(w * h)), w, h, half),
  )
  const square = fields.flatMap((field) => [...field]).reduce((sum, value) => sum + value * value, 0)
  const measured = Math.sqrt(square / (400 * w * h))
  expect(measured / blurredDeviation(w, h, half)).toBeGreaterThan(0.96)
  expect(measured / blurredDeviation(w, h, half)).toBeLessThan(1.04)
})

test('both demosaics agree with scipy.ndimage and the published kernels within 1e-6', () => {
  expect(largestDifference(demosaicBilinear(plane, width, height), reference.bilinear)).toBeLessThan(1e-6)
  expect(largestDifference(demosaicMalvar(plane, width, height), reference.malvar)).toBeLessThan(1e-6)
})

test('a mosaic keeps red at even places, blue at odd ones; demosaicing keeps what was sampled', () => {
  const rgb = Float32Array.from({ length: 4 * 4 * 3 }, (_, i) => (i % 3) + 1)
  expect([...mosaic(rgb, 4, 4).subarray(0, 8)]).toEqual([1, 2, 1, 2, 2, 3, 2, 3])
  expect(mosaic(demosaicMalvar(plane, width, height), width, height)).toEqual(plane)
})

test('the DCT is that of scipy, and its inverse undoes it, within 1e-13', () => {
  const block = Float64Array.from(reference.block as number[])
  forwardDct8(block)
  expect(largestDifference(block, reference.dct)).toBeLessThan(1e-13)
  inverseDct8(block)
  expect(largestDifference(block, reference.block)).toBeLessThan(1e-13)
})

test('ln n! agrees with scipy within 1e-12, relative', () => {
  reference.counts.forEach((n: number, i: number) => {
    expect(Math.abs(lnFactorial(n) - reference.lnFactorial[i])).toBeLessThanOrEqual(
      1e-12 * reference.lnFactorial[i],
    )
  })
})

test('planes go apart and together; halving repeats the last row and column', () => {
  const photo = smallPhoto()
  const planes = [0, 1, 2].map((channel) => channelPlane(photo, channel))
  expect(imageFromPlanes(photo.width, photo.height, planes)).toEqual(photo)
  expect(() => channelPlane(photo, 3)).toThrow('channel must be 0 to 2')
  expect(() => imageFromPlanes(1, 1, planes.slice(1))).toThrow('1 or 3 channels')
  expect([...halvedPlane(Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9]), 3, 3)]).toEqual([3, 4.5, 7.5, 9])
  expect(moments(planes[0]).deviation).toBeGreaterThan(0.01)
})
