import { expect, test } from 'vitest'
import { msSsim } from '../../../../shared/metrics/ms-ssim.ts'
import { meanSquaredError, psnr } from '../../../../shared/metrics/psnr.ts'
import { ssim } from '../../../../shared/metrics/ssim.ts'
import { disturbed, golden, greenOf, largePhoto, plain, smallPhoto } from '../golden.ts'

const reference = golden('metrics')

test.each([
  ['91x67', smallPhoto()],
  ['177x163', largePhoto()],
] as const)('%s: scikit-image says the same within 1e-6', (name, photo) => {
  const noisy = disturbed(photo)
  for (const [kind, a, b] of [
    ['colour', photo, noisy],
    ['green', greenOf(photo), greenOf(noisy)],
  ] as const) {
    const expected = reference[name][kind]
    expect(Math.abs(meanSquaredError(a, b) - expected.mse)).toBeLessThan(1e-8)
    expect(Math.abs(psnr(a, b) - expected.psnr)).toBeLessThan(1e-5)
    expect(Math.abs(ssim(a, b) - expected.ssim)).toBeLessThan(1e-6)
  }
})

test('MS-SSIM is that of TensorFlow within 1e-5, odd sizes included', () => {
  expect(Math.abs(msSsim(largePhoto(), disturbed(largePhoto())) - reference['177x163'].msSsim)).toBeLessThan(
    1e-5,
  )
})

test('an image equals itself', () => {
  const photo = largePhoto()
  expect(psnr(photo, photo)).toBe(Infinity)
  expect(ssim(photo, photo)).toBeCloseTo(1, 12)
  expect(msSsim(photo, photo)).toBeCloseTo(1, 12)
  expect(psnr(plain(4, 4, 3, 0.5), plain(4, 4, 3, 0.6))).toBeCloseTo(20, 4)
})

test('what cannot be compared is refused with both shapes', () => {
  const [a, b] = [plain(20, 20, 3, 0), plain(20, 21, 3, 0)]
  for (const metric of [psnr, ssim, msSsim]) {
    expect(() => metric(a, b)).toThrow(expect.objectContaining({ code: 'bad-input' }))
    expect(() => metric(a, b)).toThrow('20 x 20 x 3 and 20 x 21 x 3')
    expect(() => metric(a, plain(20, 20, 1, 0))).toThrow('20 x 20 x 3 and 20 x 20 x 1')
  }
  expect(() => ssim(plain(10, 20, 1, 0), plain(10, 20, 1, 0))).toThrow('at least 11 x 11')
  expect(() => msSsim(a, a)).toThrow('at least 161 x 161')
  expect(() => psnr(plain(0, 0, 1, 0), plain(0, 0, 1, 0))).toThrow('needs values')
})
