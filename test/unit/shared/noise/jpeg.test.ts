import { expect, test } from 'vitest'
import { psnr } from '../../../../shared/metrics/psnr.ts'
import { addNoise } from '../../../../shared/noise/add-noise.ts'
import { quantiserSteps } from '../../../../shared/noise/jpeg-plane.ts'
import { clip, quantise } from '../../../../shared/noise/steps.ts'
import { goldenImage, greenOf, smallPhoto } from '../golden.ts'

const photo = smallPhoto()

// libjpeg rounds YCbCr to bytes and uses an integer DCT, so that some coefficients fall on the other side of a
// quantiser's edge: the more, the coarser the steps. On luma rounded like that, the two differ by 0.7 levels.
test.each([
  ['jpeg-420-30', photo, { quality: 30, subsampling: '4:2:0' }, 42],
  ['jpeg-444-80', photo, { quality: 80, subsampling: '4:4:4' }, 45],
  ['jpeg-grey-60', greenOf(photo), { quality: 60 }, 45],
] as const)('%s: as libjpeg wrote and read it, but for rounding', (name, image, parameters, least) => {
  const theirs = goldenImage(name, image.width, image.height, image.channels)
  const ours = quantise(clip(addNoise(image, { model: 'jpeg', parameters, seed: 0 })), 8)
  expect(psnr(ours, theirs)).toBeGreaterThan(least)
  expect(psnr(ours, theirs)).toBeGreaterThan(psnr(image, theirs) + 8)
})

test('quality scales the tables as libjpeg does', () => {
  expect(quantiserSteps('luma', 50).slice(0, 4)).toEqual([16, 11, 10, 16])
  expect(quantiserSteps('luma', 90).slice(0, 4)).toEqual([3, 2, 2, 3])
  expect(quantiserSteps('chroma', 10)[0]).toBe(85)
  expect(new Set(quantiserSteps('chroma', 100))).toEqual(new Set([1]))
  expect(quantiserSteps('luma', 1)[0]).toBe(255)
})
