import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ValidationOptions, validationPhotos } from '../../../../main/training/data/validation-photos.ts'
import { temporaryFolder, writePositions, writeTruncated } from './photos.ts'

const folder = temporaryFolder()
let files: string[]

beforeAll(async () => {
  files = [
    await writePositions(join(folder, 'b.png'), 100, 75, 51),
    await writePositions(join(folder, 'a.png'), 20, 90, 255),
    await writeTruncated(join(folder, 'half.jpg'), 100, 100),
  ]
})
afterAll(() => rmSync(folder, { recursive: true }))

async function all(options: ValidationOptions) {
  const photos = []
  for await (const photo of validationPhotos(files, options)) photos.push(photo)
  return photos
}

test('whole photos are cut at the right and the bottom, in the order given', async () => {
  const skipped: string[] = []
  const photos = await all({ multiple: 8, onSkipped: (path) => skipped.push(path) })
  expect(photos.map(({ name, image }) => [name, image.width, image.height])).toEqual([
    ['b.png', 96, 72],
    ['a.png', 16, 88],
  ])
  expect(skipped).toEqual([files[2]])
  const { data, width } = photos[0].image
  const pixel = (71 * width + 95) * 3
  expect([...data.subarray(pixel, pixel + 3)]).toEqual([95 / 255, 71 / 255, 0.2].map(Math.fround))
})

test('crops come from the centre; photos smaller than one are told', async () => {
  const skipped: string[] = []
  const photos = await all({ multiple: 8, crop: 64, onSkipped: (_, message) => skipped.push(message) })
  expect(photos.map(({ name, image }) => [name, image.width, image.height])).toEqual([['b.png', 64, 64]])
  expect([...photos[0].image.data.subarray(0, 2)]).toEqual([18 / 255, 5 / 255].map(Math.fround))
  expect(skipped[0]).toContain('a.png: expected at least 64x64 pixels, got 20x90')
})

test('a multiple or crop out of range is refused', async () => {
  await expect(all({ multiple: 0 })).rejects.toThrow(/multiple: expected a whole number from 1 on, got 0/)
  await expect(all({ multiple: 8, crop: 60 })).rejects.toThrow(/crop: expected a multiple of 8, got 60/)
})
