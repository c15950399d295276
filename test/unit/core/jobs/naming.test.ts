import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, onTestFinished, test } from 'vitest'
import { dayTaken, sampleNaming } from '../../../../main/core/jobs/naming.ts'

test('a photo has the day that its camera wrote, any other file that of its own time', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hourglass-naming-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const picture = sharp({ create: { width: 8, height: 8, channels: 3, background: 'grey' } })
  const withTime = async (name: string, time: string) => {
    const exif = { IFD2: { DateTimeOriginal: time } }
    await picture.clone().withExif(exif).toFile(join(folder, name))
  }
  await withTime('taken.jpg', '2021:03:04 23:59:58')
  await withTime('nonsense.jpg', '0000:00:00 00:00:00')
  await picture.toFile(join(folder, 'plain.png'))
  await writeFile(join(folder, 'broken.jpg'), 'no picture')
  await writeFile(join(folder, 'broken.hgi'), 'no picture')
  const names = ['taken.jpg', 'nonsense.jpg', 'plain.png', 'broken.jpg', 'broken.hgi']
  const changed = new Date(2019, 0, 2, 0, 30) // in local time
  for (const name of names) await utimes(join(folder, name), changed, changed)
  const days = await Promise.all(names.map((name) => dayTaken(join(folder, name))))
  expect(days).toEqual(['2021-03-04', '2019-01-02', '2019-01-02', '2019-01-02', '2019-01-02'])
})

test('a template is tried with the fields of its kind alone', () => {
  expect(Object.keys(sampleNaming('compress'))).toContain('quality')
  expect(Object.keys(sampleNaming('noise'))).not.toContain('sigma')
})
