import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Core, openCore } from '../../../../main/core/core.ts'
import { lostPsnr, restoreMethod } from '../../../../main/core/jobs/restore-job.ts'
import { findMissing } from '../../../../main/core/restore/missing.ts'
import { restoreImage } from '../../../../main/core/restore/restore-image.ts'
import { readImage } from '../../../../main/imaging/read.ts'
import { missingPixels } from '../../../../shared/noise/add-noise.ts'
import { smallPhoto } from '../../shared/golden.ts'

let folder: string
let core: Core
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-restore-'))
  core = await openCore({ data: folder, device: 'cpu' })
})
afterAll(async () => {
  await core.close()
  await rm(folder, { recursive: true })
})

const photo = smallPhoto()
const missing = missingPixels(photo, { model: 'holes', parameters: { coverage: 10, size: 12 }, seed: 2 })
/** Lost pixels hold what they would in a damaged file: nothing of the original. */
const damaged = { ...photo, data: photo.data.map((value, i) => (missing[Math.floor(i / 3)] ? 0 : value)) }

test.each(['smooth', 'biharmonic'] as const)(
  '%s: what is known stays, what is lost is filled',
  async (method) => {
    const { data } = await restoreImage(core.inference, method, damaged, missing)
    expect(data.every((value, i) => missing[Math.floor(i / 3)] || value === photo.data[i])).toBe(true)
    const black = data.filter((value, i) => missing[Math.floor(i / 3)] && value === 0).length
    expect(black).toBeLessThan(0.02 * data.length)
  },
)

test('the bundled restorer comes nearer to what was lost than a smooth fill, and leaves the rest alone', async () => {
  const { data } = await restoreImage(core.inference, restoreMethod(core, 'restorer'), damaged, missing)
  const smooth = await restoreImage(core.inference, 'smooth', damaged, missing)
  expect(data.every((value, i) => missing[Math.floor(i / 3)] || value === photo.data[i])).toBe(true)
  const gain = lostPsnr(data, photo.data, missing) - lostPsnr(smooth.data, photo.data, missing)
  expect(gain).toBeGreaterThan(0.5)
})

test('a model for something else is refused by name', () => {
  expect(() => restoreMethod(core, 'denoiser')).toThrow(
    "model 'denoiser' is for 'denoise', not for restoring",
  )
})

test('lost pixels: from a mask, from a colour at 8 bits, and refusals', async () => {
  const [path, mask, small] = ['photo.png', 'mask.png', 'small.png'].map((name) => join(folder, name)) as [
    ...[string, string, string],
  ]
  const flat = (width: number, background: string) =>
    sharp({ create: { width, height: 8, channels: 3, background } }).png()
  const dot = await flat(8, '#ff00ff').toBuffer()
  await flat(24, '#202020')
    .composite([{ input: dot, left: 8, top: 0 }])
    .toFile(path)
  const white = await flat(8, '#ffffff').toBuffer()
  await flat(24, '#000000')
    .composite([{ input: white, left: 8, top: 0 }])
    .toFile(mask)
  await flat(8, '#ffffff').toFile(small)
  const raster = await readImage(path)
  const expected = Uint8Array.from({ length: 24 * 8 }, (_, i) => (i % 24 >= 8 && i % 24 < 16 ? 1 : 0))
  expect(await findMissing(raster, { kind: 'colour', rgb: [255, 0, 255] })).toEqual(expected)
  expect(await findMissing(raster, { kind: 'mask', path: mask })).toEqual(expected)
  await expect(findMissing(raster, { kind: 'mask', path: small })).rejects.toThrow(
    'expected 24 x 8 as the picture',
  )
  await expect(findMissing(raster, { kind: 'colour', rgb: [1, 2, 3] })).rejects.toThrow(
    'nothing is marked as lost',
  )
})
