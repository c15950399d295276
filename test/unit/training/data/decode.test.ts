import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, expect, test } from 'vitest'
import { decodeRgb8, photoSize, resizeRgb8 } from '../../../../main/training/data/decode.ts'
import { temporaryFolder, writeTruncated } from './photos.ts'

const folder = temporaryFolder()
afterAll(() => rmSync(folder, { recursive: true }))

test('EXIF orientation is applied to the size and to the pixels', async () => {
  const path = join(folder, 'turned.tiff')
  const pixels = Uint8Array.of(1, 2, 3, 40, 50, 60)
  const raw = { width: 2, height: 1, channels: 3 } as const
  await sharp(pixels, { raw }).withMetadata({ orientation: 6 }).tiff({ compression: 'lzw' }).toFile(path)
  expect(await photoSize(path)).toEqual({ width: 1, height: 2 })
  const decoded = await decodeRgb8(path)
  expect([decoded.width, decoded.height, ...decoded.pixels]).toEqual([1, 2, 1, 2, 3, 40, 50, 60])
})

test.each([
  ['grey', { width: 2, height: 1, channels: 1 }, [7, 200], [7, 7, 7, 200, 200, 200]],
  ['grey with alpha', { width: 1, height: 1, channels: 2 }, [9, 128], [9, 9, 9]],
  ['with alpha', { width: 1, height: 1, channels: 4 }, [9, 8, 7, 128], [9, 8, 7]],
] as const)('a photo that is %s becomes RGB', async (name, raw, pixels, expected) => {
  const path = join(folder, `${name}.png`)
  const image = sharp(Uint8Array.from(pixels), { raw })
  await image
    .toColourspace(raw.channels < 3 ? 'b-w' : 'srgb')
    .png()
    .toFile(path)
  expect((await sharp(path).metadata()).channels).toBe(raw.channels)
  expect([...(await decodeRgb8(path)).pixels]).toEqual(expected)
})

test('16 bits become 8', async () => {
  const path = join(folder, 'deep.png')
  const raw = { width: 1, height: 1, channels: 3 } as const
  await sharp(Uint16Array.of(0x1280, 0x8080, 0xff80), { raw })
    .toColourspace('rgb16')
    .png()
    .toFile(path)
  const { pixels } = await decodeRgb8(path)
  for (const [channel, value] of [0x12, 0x80, 0xff].entries()) {
    expect(Math.abs(pixels[channel] - value)).toBeLessThanOrEqual(1)
  }
})

test('what is not a photo, or not a whole one, is refused by name', async () => {
  const text = join(folder, 'text.jpg')
  writeFileSync(text, 'not a photo')
  const half = await writeTruncated(join(folder, 'half.jpg'), 200, 200)
  await expect(photoSize(text)).rejects.toMatchObject({
    code: 'unreadable',
    message: expect.stringContaining(text),
  })
  expect(await photoSize(half)).toEqual({ width: 200, height: 200 })
  await expect(decodeRgb8(half)).rejects.toMatchObject({
    code: 'unreadable',
    message: expect.stringContaining(half),
  })
})

test('scaling keeps a flat colour and the mean of a ramp', async () => {
  const pixels = new Uint8Array(40 * 20 * 3)
  for (let i = 0; i < 800; i++) pixels.set([10, 200, (i % 40) * 6], i * 3)
  const small = await resizeRgb8({ width: 40, height: 20, pixels }, 20, 10)
  expect(small.pixels).toHaveLength(20 * 10 * 3)
  expect(small.pixels[2]).toBeLessThan(20)
  expect(small.pixels[19 * 3 + 2]).toBeGreaterThan(215)
  // column 9 of 20: not what a picture of 10 columns would have there
  expect(Math.abs(small.pixels[9 * 3 + 2] - 111)).toBeLessThan(8)
  let blue = 0
  for (let i = 0; i < 200; i++) {
    expect([...small.pixels.subarray(i * 3, i * 3 + 2)]).toEqual([10, 200])
    blue += small.pixels[i * 3 + 2] / 200
  }
  expect(Math.abs(blue - 117)).toBeLessThan(1)
})

test.each([
  ['turned.dng', { width: 96, height: 128 }],
  ['grey.dng', { width: 128, height: 96 }],
  ['turned.heic', { width: 96, height: 128 }],
] as const)('%s is trained on as every reader shows it', async (name, size) => {
  const camera = join(import.meta.dirname, '../../../fixtures/camera')
  expect(await photoSize(join(camera, name))).toMatchObject(size)
  const decoded = await decodeRgb8(join(camera, name))
  expect(decoded).toMatchObject(size)
  const reference = await decodeRgb8(join(camera, `${name}.png`))
  const differences = decoded.pixels.map((value, i) => Math.abs(value - reference.pixels[i]!))
  expect(Math.max(...differences)).toBeLessThanOrEqual(2)
})
