import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { denoiseRaster, denoiseTiles, estimateRasterNoise } from '../../../main/core/denoise.ts'
import type { EngineTasks } from '../../../main/core/engine-tasks.ts'
import { Engine } from '../../../main/engine/host.ts'
import { blankLike, type Raster } from '../../../main/imaging/raster.ts'
import { readImage } from '../../../main/imaging/read.ts'
import { rasterTile, setTile } from '../../../main/imaging/tile-pixels.ts'
import { readCard } from '../../../main/models/card.ts'
import { wholeBlend } from '../../../shared/blend/blend.ts'
import { psnr } from '../../../shared/metrics/psnr.ts'
import { addNoise } from '../../../shared/noise/add-noise.ts'

const root = join(import.meta.dirname, '../../..')
const folder = join(root, 'assets/models/denoiser')
const model = { folder, sha256: (await readCard(folder)).weights.sha256 }
const engine = new Engine<EngineTasks>(join(root, 'main/core/engine-process.ts'))
afterAll(() => engine.close())

const size = { width: 432, height: 304 }
const whole = { x: 0, y: 0, ...size }

/** A piece of a sample photo with seeded noise, as an 8-bit file has it. */
async function noisyPhoto(sigma255: number): Promise<{ clean: Raster; noisy: Raster }> {
  const photo = await readImage(join(root, 'assets/samples/lake.jpg'))
  const image = rasterTile(photo, { ...whole, x: 300, y: 200 })
  const clean = { ...photo, ...size, pixels: new Uint8Array(size.width * size.height * 3) }
  const noisy = blankLike(clean)
  setTile(clean, whole, image)
  setTile(noisy, whole, addNoise(image, { model: 'gaussian', parameters: { sigma255 }, seed: 3 }))
  return { clean, noisy }
}

const copyOf = (raster: Raster): Raster => ({ ...raster, pixels: raster.pixels.slice() })
const asImage = (raster: Raster) => rasterTile(raster, whole)

test('noise goes and the photo stays', async () => {
  const { clean, noisy } = await noisyPhoto(25)
  const denoised = await denoiseRaster(engine, model, copyOf(noisy), { sigma255: 25 })
  expect(psnr(asImage(noisy), asImage(clean))).toBeLessThan(21)
  expect(psnr(asImage(denoised), asImage(clean))).toBeGreaterThan(29)
})

test('tiles with the halo that ships equal the whole picture within 1/255', async () => {
  const { noisy } = await noisyPhoto(50)
  const settings = { sigma255: 50, depth: 16 } as const
  const atOnce = await denoiseRaster(engine, model, noisy, {
    ...settings,
    tiles: { ...denoiseTiles, core: 1024 },
  })
  const tiled = await denoiseRaster(engine, model, noisy, {
    ...settings,
    tiles: { ...denoiseTiles, core: 128 },
  })
  let largest = 0
  for (let i = 0; i < tiled.pixels.length; i++) {
    largest = Math.max(largest, Math.abs(tiled.pixels[i] - atOnce.pixels[i]) / 65535)
  }
  expect(largest).toBeLessThan(1 / 255)
  expect(largest).toBeGreaterThan(0) // else they were not tiled
})

test('four passes take away a little more of the noise than one', async () => {
  const { clean, noisy } = await noisyPhoto(25)
  const [one, four] = [
    await denoiseRaster(engine, model, copyOf(noisy), { sigma255: 25 }),
    await denoiseRaster(engine, model, copyOf(noisy), { sigma255: 25, passes: 4 }),
  ].map((raster) => psnr(asImage(raster), asImage(clean)))
  expect(four! - one!).toBeGreaterThan(0.01)
  expect(four! - one!).toBeLessThan(0.5)
})

test('strength blends, and strength 0 changes nothing', async () => {
  const { noisy } = await noisyPhoto(25)
  const denoise = (strength: number) =>
    denoiseRaster(engine, model, copyOf(noisy), { sigma255: 25, blend: { ...wholeBlend, strength } })
  const [none, half, full] = [await denoise(0), await denoise(0.5), await denoise(1)]
  expect(none.pixels).toEqual(noisy.pixels)
  for (let i = 0; i < 3000; i++) {
    const isClipped = full.pixels[i] === 0 || full.pixels[i] === 255
    if (!isClipped)
      expect(Math.abs(half.pixels[i] - (noisy.pixels[i] + full.pixels[i]) / 2)).toBeLessThanOrEqual(1)
  }
})

test('grey pictures are denoised, too', async () => {
  const { clean, noisy } = await noisyPhoto(25)
  const grey = (raster: Raster): Raster => ({
    ...raster,
    channels: 1,
    pixels: raster.pixels.filter((_, i) => i % 3 === 1),
  })
  const denoised = await denoiseRaster(engine, model, grey(noisy), { sigma255: 25 })
  expect(denoised.channels).toBe(1)
  expect(psnr(asImage(denoised), asImage(grey(clean)))).toBeGreaterThan(
    psnr(asImage(grey(noisy)), asImage(grey(clean))) + 6,
  )
})

test('the level is estimated from the picture', async () => {
  const { noisy } = await noisyPhoto(25)
  const { sigma255, correlated, profile } = estimateRasterNoise(noisy)
  expect(sigma255).toBeGreaterThan(22)
  expect(sigma255).toBeLessThan(28)
  expect({ correlated, profile }).toEqual({ correlated: false, profile: null })
})

test('a profile tells the network the level of each pixel by its brightness', async () => {
  const { noisy } = await noisyPhoto(25)
  const denoise = (profile: Float32Array | null) =>
    denoiseRaster(engine, model, copyOf(noisy), { sigma255: 25, profile })
  const distance = (a: Raster, b: Raster) => {
    let most = 0
    for (let i = 0; i < a.pixels.length; i++) most = Math.max(most, Math.abs(a.pixels[i] - b.pixels[i]))
    return most
  }
  const even = await denoise(null)
  expect(distance(await denoise(new Float32Array(33).fill(1)), even)).toBeLessThanOrEqual(1)
  const nothing = await denoise(new Float32Array(33))
  // Told of no noise, the network leaves nearly all of it.
  expect(psnr(asImage(nothing), asImage(noisy))).toBeGreaterThan(psnr(asImage(even), asImage(noisy)) + 6)
})

test('pictures of a few pixels go through', async () => {
  const { noisy } = await noisyPhoto(25)
  for (const [width, height] of [
    [1, 1],
    [9, 2],
    [3, 7],
  ] as const) {
    const tiny: Raster = { ...noisy, width, height, pixels: noisy.pixels.slice(0, width * height * 3) }
    const { sigma255 } = estimateRasterNoise(tiny)
    const denoised = await denoiseRaster(
      engine,
      model,
      { ...tiny, pixels: tiny.pixels.slice() },
      { sigma255 },
    )
    expect(denoised.pixels).toHaveLength(width * height * 3)
  }
})

test('an engine that dies fails the picture, and the next one works', async () => {
  const { noisy } = await noisyPhoto(15)
  const call = denoiseRaster(engine, model, copyOf(noisy), { sigma255: 15 })
  setTimeout(() => process.kill(engine.pid!, 'SIGKILL'), 20)
  await expect(call).rejects.toMatchObject({ code: 'engine', message: /died \(SIGKILL\) during 'denoise'/ })
  const again = await denoiseRaster(engine, model, copyOf(noisy), { sigma255: 15 })
  expect(again.width).toBe(size.width)
})
