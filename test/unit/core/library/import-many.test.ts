import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { importFiles } from '../../../../main/core/library/import-files.ts'
import type { ImportEvent } from '../../../../shared/contract/library.ts'
import { allOf, openTestApplication } from '../application.ts'

const many = 5000
const perFolder = 500

/** Small photos in ten folders, each another: a comment after the first marker makes their bytes differ. */
async function fillFolder(folder: string): Promise<void> {
  const background = { r: 120, g: 90, b: 60 }
  const jpeg = await sharp({ create: { width: 16, height: 12, channels: 3, background } })
    .jpeg()
    .toBuffer()
  for (let start = 0; start < many; start += perFolder) {
    const below = join(folder, String(start / perFolder))
    await mkdir(below, { recursive: true })
    const files = Array.from({ length: perFolder }, (_, i) => {
      const number = String(start + i).padStart(4, '0')
      const comment = Buffer.from([0xff, 0xfe, 0, 6, ...Buffer.from(number)])
      const bytes = Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2)])
      return writeFile(join(below, `photo-${number}.jpg`), bytes)
    })
    await Promise.all(files)
  }
}

const ended = (events: readonly ImportEvent[]) => {
  const last = events.at(-1)
  return last?.kind === 'done' ? last : null
}

test('5,000 photos come in with progress, are stopped half way, go on, and are known after that', async () => {
  const { app, photos } = await openTestApplication()
  const folder = join(photos, 'many')
  await fillFolder(folder)
  const request = { paths: [folder], recursive: true, collection: 'Many' }
  const { images, datasets } = app.core.catalog

  const stop = new AbortController()
  const first: ImportEvent[] = []
  const stopped = async () => {
    for await (const event of importFiles(app, request, stop.signal)) {
      first.push(event)
      if (event.kind === 'progress' && event.done > 300) stop.abort()
    }
  }
  await stopped().catch((error) => expect(error).toMatchObject({ name: 'AbortError' }))
  expect(ended(first)).toBe(null)
  const before = images.count()
  expect(before).toBeGreaterThan(300)
  expect(before).toBeLessThan(many)

  const startedMs = performance.now()
  const events = await allOf(importFiles(app, request, new AbortController().signal))
  const elapsedMs = performance.now() - startedMs
  const done = ended(events)!
  expect(done.counts).toEqual({ added: many - before, known: before, duplicate: 0, changed: 0 })
  expect(done.failed).toEqual([])
  expect(new Set(done.ids).size).toBe(many)
  expect(images.count()).toBe(many)
  expect(datasets.byName('Many')).toMatchObject({ trainCount: expect.any(Number) })
  // Told now and then, not for each photo: a window has better things to do.
  expect(events.length).toBeGreaterThan(2)
  expect(events.length).toBeLessThanOrEqual(elapsedMs / 100 + 2)
  for (const event of events.slice(0, -1)) expect(event).toMatchObject({ kind: 'progress', total: many })

  const again = await allOf(importFiles(app, request, new AbortController().signal))
  expect(ended(again)!.counts).toEqual({ added: 0, known: many, duplicate: 0, changed: 0 })
}, 240_000)
