import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { restore } from '../../../main/api/restore.ts'
import type { Application } from '../../../main/core/application.ts'
import { importImages } from '../../../main/core/import.ts'
import { restorePreview } from '../../../main/core/previews/restore-preview.ts'
import { newJob } from '../../../shared/contract/jobs.ts'
import type { PreviewEvent } from '../../../shared/contract/preview.ts'
import type { RestoreFacts } from '../../../shared/contract/restore.ts'
import { maskOf, runsOf } from '../../../shared/maths/runs.ts'
import { allOf, openTestApplication } from '../core/application.ts'

const size = { width: 240, height: 160 }
const never = new AbortController().signal
const call = (app: Application) =>
  restore.createCaller(app) as unknown as {
    findLost(input: object): Promise<{ runs: number[] }>
    keepMask(input: object): Promise<{ mask: string }>
  }

/** A square that is lost. */
function square(): Uint8Array {
  const mask = new Uint8Array(size.width * size.height)
  for (let y = 40; y < 60; y++) mask.fill(1, y * size.width + 50, y * size.width + 70)
  return mask
}

async function opened() {
  const { app, photos, folder } = await openTestApplication()
  const { ids } = await importImages(app.core, [join(photos, 'lake.jpg')])
  return { app, photos, folder, image: ids[0]! }
}

async function facts(events: AsyncIterable<PreviewEvent<RestoreFacts>>): Promise<RestoreFacts> {
  const done = (await allOf(events)).at(-1)!
  if (done.kind !== 'done') throw new Error('the preview did not end')
  return done.facts
}

test('lost pixels are found in a mask file, by a colour, and as a damage would lose them', async () => {
  const { app, photos, image } = await opened()
  const runs = runsOf(square())
  const mask = join(photos, 'mask.png')
  const bytes = square().map((value) => 200 * value)
  await sharp(bytes, { raw: { ...size, channels: 1 } })
    .png()
    .toFile(mask)
  const find = (lost: unknown) => call(app).findLost({ image, lost })
  expect(await find({ kind: 'file', path: mask })).toEqual({ runs })
  await expect(find({ kind: 'file', path: '/etc/hostname' })).rejects.toThrow('outside')
  const { runs: damage } = await find({ kind: 'damage', model: 'scratches', seed: 3 })
  expect(maskOf(damage, size.width * size.height)).toContain(1)
  await expect(find({ kind: 'damage', model: 'gaussian', seed: 3 })).rejects.toThrow('damage must be one of')
  await expect(find({ kind: 'colour', rgb: [255, 0, 255] })).rejects.toThrow('nothing is marked as lost')
  const { runs: all } = await find({ kind: 'colour', rgb: [255, 0, 255], tolerance: 255 })
  expect(all).toEqual([0, size.width * size.height])
})

test('a preview fills the mask: measured where the photo is sound, unknown where nobody knows', async () => {
  const { app, image } = await opened()
  const { mask } = await call(app).keepMask({ image, runs: runsOf(square()) })
  const request = { image, mask, method: 'biharmonic' }
  const preview = (isTrial: boolean) =>
    facts(restorePreview(app.core, app.pictures, { ...request, isTrial }, never))
  const { lostPsnrDb, lost } = await preview(true)
  expect(lostPsnrDb).toBeGreaterThan(15)
  expect(lost).toBeCloseTo(400 / (size.width * size.height), 10)
  expect((await preview(false)).lostPsnrDb).toBeNull()
  await expect(call(app).keepMask({ image, runs: [5, 5] })).rejects.toThrow('expected runs of 38400')
  const unknown = { ...request, mask: `m${'0'.repeat(32)}`, isTrial: false }
  await expect(allOf(restorePreview(app.core, app.pictures, unknown, never))).rejects.toThrow(
    'no longer kept',
  )
})

test('a job restores at full resolution what is marked, and leaves the rest as it was', async () => {
  const { app, photos, image } = await opened()
  const { mask } = await call(app).keepMask({ image, runs: runsOf(square()) })
  const job = (settings: object) =>
    newJob.parse({ kind: 'restore', images: [image], settings, output: { format: 'png' } })
  await expect(app.queue.start(job({ method: 'denoiser', mask }))).rejects.toThrow("is for 'denoise'")
  const gone = app.queue.start(job({ method: 'smooth', mask: `m${'1'.repeat(32)}` }))
  await expect(gone).rejects.toThrow('no longer kept')
  const { id, title } = await app.queue.start(job({ method: 'biharmonic', mask }))
  expect(title).toBe('Restore 1 photo (biharmonic)')
  await expect.poll(() => app.queue.entry(id).status, { timeout: 20_000 }).toBe('done')
  expect(await readdir(join(photos, 'restored'))).toEqual(['lake-restored.png'])
  const pixels = (path: string) => sharp(path).raw().toBuffer()
  const before = await pixels(join(photos, 'lake.jpg'))
  const after = await pixels(join(photos, 'restored', 'lake-restored.png'))
  const marked = square()
  expect(after.every((value, i) => marked[Math.floor(i / 3)] === 1 || value === before[i])).toBe(true)
  expect(after.equals(before)).toBe(false)
})
