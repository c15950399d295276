import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { idxImages } from '../../../../main/training/data/idx.ts'
import { joinImages, smallPhotos } from '../../../../main/training/data/small-photos.ts'
import { writeIdx } from '../../../../main/training/data/write-idx.ts'

let folder: string
let paths: string[]
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-small-'))
  paths = ['red.png', 'broken.png', 'wide.png'].map((name) => join(folder, name))
  const flat = (width: number, height: number, background: string) =>
    sharp({ create: { width, height, channels: 3, background } }).png()
  await flat(20, 20, '#ff0000').toFile(paths[0]!)
  await writeFile(paths[1]!, 'no picture')
  // Left half black, right half white: its middle is half and half.
  const white = await flat(20, 20, '#ffffff').toBuffer()
  await flat(40, 20, '#000000')
    .composite([{ input: white, left: 20, top: 0 }])
    .toFile(paths[2]!)
})
afterAll(() => rm(folder, { recursive: true }))

const shape = { rows: 4, columns: 4, channels: 3, seed: 1, patchesPerPhoto: 5 } as const

test('thumbnails: each photo once, cut square from its middle; a broken one is named and left out', async () => {
  const { images, photoOf, skipped } = await smallPhotos(paths, { ...shape, view: 'thumbnail' })
  expect(images).toMatchObject({ count: 2, rows: 4, columns: 4, channels: 3 })
  expect([...images.pixels.subarray(0, 6)]).toEqual([255, 0, 0, 255, 0, 0])
  const row = images.pixels.subarray(48, 60)
  expect(row[0]).toBeLessThan(40)
  expect(row[11]).toBeGreaterThan(215)
  expect([...photoOf]).toEqual([0, 2])
  expect(skipped).toHaveLength(1)
  expect(skipped[0]).toMatch(/broken\.png/)
  const grey = await smallPhotos(paths, { ...shape, channels: 1, view: 'thumbnail' })
  expect(grey.images.pixels).toHaveLength(32)
  expect(grey.images.pixels[0]).toBe(76)
})

test('patches: as many as asked for, of the same places for a seed', async () => {
  const patches = (seed: number) => smallPhotos([paths[2]!], { ...shape, seed, view: 'patch' })
  const { images, photoOf } = await patches(1)
  expect(images.count).toBe(5)
  expect([...photoOf]).toEqual([0, 0, 0, 0, 0])
  expect((await patches(1)).images.pixels).toEqual(images.pixels)
  expect((await patches(2)).images.pixels).not.toEqual(images.pixels)
  const tooLarge = smallPhotos([paths[0]!], { ...shape, rows: 64, view: 'patch' })
  await expect(tooLarge).rejects.toMatchObject({ code: 'bad-input', message: expect.stringMatching(/64/) })
})

test('small images go to an IDX file and back', async () => {
  const { images } = await smallPhotos([paths[0]!], { ...shape, view: 'thumbnail' })
  const twice = joinImages([images, images])
  const path = join(folder, 'images-idx4-ubyte')
  await writeIdx(path, [2, 4, 4, 3], twice.pixels)
  expect(await idxImages(path)).toEqual({ ...twice, pixels: new Uint8Array(twice.pixels) })
})

test('RAW and HEIC are made small like other photos', async () => {
  const camera = (name: string) => join(import.meta.dirname, '../../../fixtures/camera', name)
  const small = (name: string) => smallPhotos([camera(name)], { ...shape, view: 'thumbnail' })
  for (const name of ['turned.dng', 'turned.heic']) {
    const [{ images }, reference] = [await small(name), await small(`${name}.png`)]
    const differences = images.pixels.map((value, i) => Math.abs(value - reference.images.pixels[i]!))
    expect(differences).toHaveLength(48)
    expect(Math.max(...differences)).toBeLessThan(12)
  }
})
