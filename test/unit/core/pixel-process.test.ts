import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { estimateRasterNoise, noiseSample } from '../../../main/core/denoise.ts'
import type { PixelTasks } from '../../../main/core/pixel-tasks.ts'
import { Engine } from '../../../main/engine/host.ts'
import { readImage } from '../../../main/imaging/read.ts'
import { rasterTile } from '../../../main/imaging/tile-pixels.ts'
import { wholeBlend } from '../../../shared/blend/blend.ts'
import { psnr } from '../../../shared/metrics/psnr.ts'

const root = join(import.meta.dirname, '../../..')
const pixels = new Engine<PixelTasks>(join(root, 'main/core/pixel-process.ts'))
afterAll(() => pixels.close())

async function photo() {
  const { width, height, channels, pixels } = await readImage(join(root, 'assets/samples/lake.jpg'))
  const rows = 400
  return { width, height: Math.min(height, rows), channels, pixels: pixels.slice(0, width * rows * channels) }
}
const gaussian = (sigma255: number) => ({
  ...{ model: 'gaussian', parameters: { sigma255 }, seed: [7], bits: null, depth: 8 as const },
})

test('noise, its estimate, and what is left of it', async () => {
  const clean = await photo()
  const { noisy, psnrDb, histogram } = await pixels.call('noise', { ...clean, ...gaussian(20) })
  const again = await pixels.call('noise', { ...clean, ...gaussian(20) })
  expect(again.noisy).toEqual(noisy)
  expect(psnrDb).toBeGreaterThan(22)
  expect(histogram.deviation).toBeGreaterThan(18)
  const estimate = await pixels.call('estimate', { ...clean, pixels: noisy })
  expect(estimate.certainty).toBe('sure')
  expect(estimate.low255).toBeLessThan(20.5)
  expect(estimate.high255).toBeGreaterThan(19.5)
  const { psnrDb: against, ssim } = await pixels.call('similarity', {
    a: clean,
    b: { ...clean, pixels: noisy },
  })
  expect(against).toBeCloseTo(psnrDb, 0)
  expect(ssim).toBeGreaterThan(0.2)
  expect(ssim).toBeLessThan(0.9)
})

test('correlated noise is seen, and said to be uncertain', async () => {
  const clean = await photo()
  const blurred = { ...gaussian(0), model: 'correlated', parameters: { sigma255: 12, blurRadius: 1.2 } }
  const { noisy } = await pixels.call('noise', { ...clean, ...blurred })
  const picture = { ...clean, pixels: noisy }
  const estimate = await pixels.call('estimate', picture)
  expect(estimate).toMatchObject({ correlated: true, certainty: 'unsure' })
  expect(estimate).toEqual(estimateRasterNoise(picture))
})

test('of a large photo nine squares are looked at, of a small one all', async () => {
  const [width, height] = [2100, 1700]
  const large = { width, height, channels: 3 as const, pixels: new Uint16Array(width * height * 3) }
  for (let i = 0; i < large.pixels.length; i++) large.pixels[i] = (i * 7919) % 65521
  const sample = noiseSample(large)
  expect(sample).toMatchObject({ width: 512, height: 9 * 512, channels: 3 })
  const row = (picture: typeof sample, x: number, y: number) =>
    picture.pixels.slice((y * picture.width + x) * 3, (y * picture.width + x + 512) * 3)
  // The sixth square is the right one of the middle: its corner at multiples of 8.
  expect(row(sample, 0, 5 * 512 + 100)).toEqual(row(large, 1584, 592 + 100))
  expect(noiseSample(sample).pixels).toBe(sample.pixels)
})

test('a blend is what the window shows', async () => {
  const original = await photo()
  const { noisy } = await pixels.call('noise', { ...original, ...gaussian(30) })
  const noisyPicture = { ...original, pixels: noisy }
  const blend = { ...wholeBlend, strength: 0.5 }
  const half = await pixels.call('blend', { original: noisyPicture, clean: original, sigma255: 30, blend })
  const whole = { x: 0, y: 0, width: original.width, height: original.height }
  const image = (samples: typeof half) => rasterTile({ ...original, pixels: samples }, whole)
  const gain = psnr(image(half), image(original.pixels)) - psnr(image(noisy), image(original.pixels))
  expect(gain).toBeCloseTo(6.02, 0) // half the error
})
