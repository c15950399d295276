import { expect, it } from 'vitest'
import { atDepth } from '../../../main/imaging/raster.ts'
import { sideBySide } from '../../../main/imaging/side-by-side.ts'
import { patternRaster } from './pattern.ts'

const pixel = (image: { width: number; pixels: ArrayLike<number> }, x: number, y: number) =>
  [0, 1, 2].map((c) => image.pixels[(y * image.width + x) * 3 + c])

it('puts pictures of any depth, size and channels next to each other', async () => {
  const left = patternRaster(30, 20, 3, 16)
  const right = patternRaster(40, 10, 1, 8, true)
  const both = await sideBySide([left, right])
  expect(both).toMatchObject({
    width: 8 + 30 + 8 + 40 + 8,
    height: 8 + 20 + 8,
    channels: 3,
    depth: 8,
    alpha: null,
  })
  expect(pixel(both, 0, 0)).toEqual([24, 24, 24])
  expect(pixel(both, 8 + 7, 8 + 5)).toEqual(pixel(atDepth(left, 8), 7, 5))
  const grey = right.pixels[3 * 40 + 9]
  expect(pixel(both, 8 + 30 + 8 + 9, 8 + 3)).toEqual([grey, grey, grey])
  expect(pixel(both, 8 + 30 + 8 + 9, 8 + 15)).toEqual([24, 24, 24])
})

it('captions add room above where there is a font, and never change the pictures', async () => {
  const one = patternRaster(120, 20, 3, 8)
  const image = await sideBySide([one, one], ['noisy <25> & more', ''])
  const top = image.height - 8 - 20
  expect([8, 36]).toContain(top)
  expect(pixel(image, 8 + 100, top + 19)).toEqual(pixel(one, 100, 19))
  if (top === 36) expect(image.pixels.slice(0, top * image.width * 3).some((value) => value > 150)).toBe(true)
  await expect(sideBySide([])).rejects.toThrow(/at least one picture/)
})
