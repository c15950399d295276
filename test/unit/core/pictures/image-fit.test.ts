import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import type { Pictures } from '../../../../main/core/pictures/pictures.ts'
import { imageFit } from '../../../../main/core/pictures/small.ts'
import { readImage } from '../../../../main/imaging/read.ts'

const path = join(import.meta.dirname, '../../../fixtures/camera/turned.dng')

/** One photo, whole reads of which are counted. */
function onePhoto(isThere: boolean) {
  let reads = 0
  const pictures = {
    find: async () => ({ path }),
    hasImage: () => isThere,
    image: () => {
      reads++
      return readImage(path)
    },
  }
  return { pictures: pictures as unknown as Pictures, reads: () => reads }
}

async function meansOf(bytes: Uint8Array): Promise<number[]> {
  const { channels } = await sharp(bytes).stats()
  return channels.slice(0, 3).map(({ mean }) => mean)
}

test('a small RAW is developed at half its size, upright, and looks as the whole one', async () => {
  const photo = onePhoto(false)
  const small = await imageFit(photo.pictures, 1, 64)
  expect(photo.reads()).toBe(0)
  expect(await sharp(small.bytes).metadata()).toMatchObject({ width: 48, height: 64, format: 'webp' })
  const whole = onePhoto(true)
  const same = await imageFit(whole.pictures, 1, 64)
  expect(whole.reads()).toBe(1)
  const [a, b] = [await meansOf(small.bytes), await meansOf(same.bytes)]
  for (const [c, mean] of a.entries()) expect(Math.abs(mean - b[c]!)).toBeLessThan(4)
})

test('a RAW that is shown larger than half its size is developed whole', async () => {
  const photo = onePhoto(false)
  const shown = await imageFit(photo.pictures, 1, 100)
  expect(photo.reads()).toBe(1)
  expect(await sharp(shown.bytes).metadata()).toMatchObject({ width: 75, height: 100 })
})
