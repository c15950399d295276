import { expect, test } from 'vitest'
import { packPlane, unpackPlane } from '../../../main/imaging/lossless-plane.ts'
import type { Samples } from '../../../main/imaging/raster.ts'

const [width, height] = [13, 7]

test.each<[8 | 16, Samples]>([
  [8, Uint8Array.from({ length: width * height }, (_, i) => (i * 37) % 256)],
  [16, Uint16Array.from({ length: width * height }, (_, i) => (i * 9973) % 65536)],
])('a plane of %i bits comes back as it was', async (depth, samples) => {
  const png = await packPlane(samples, width, height)
  expect(await unpackPlane(png, { width, height, depth }, 'alpha')).toEqual(samples)
  const other = { width, height, depth: depth === 8 ? 16 : 8 } as const
  await expect(unpackPlane(png, other, 'alpha')).rejects.toMatchObject({ code: 'corrupt' })
})

test.each([0, 1, 60])('the first %i bytes of one are refused as damaged', async (length) => {
  const png = await packPlane(
    new Uint8Array(width * height).map((_, i) => i),
    width,
    height,
  )
  const part = png.slice(0, length)
  const plane = { width, height, depth: 8 } as const
  await expect(unpackPlane(part, plane, 'alpha')).rejects.toMatchObject({ code: 'corrupt' })
})
