import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, rename, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { openCatalog } from '../../../../main/catalog/open.ts'
import { importImages } from '../../../../main/core/import.ts'
import type { JobQueue } from '../../../../main/core/queue/job-queue.ts'
import type { JobEntry, NewJob } from '../../../../shared/contract/jobs.ts'
import { newJob } from '../../../../shared/contract/jobs.ts'
import { openTestApplication } from '../application.ts'

const common = ['folder', 'name', 'ext', 'date', 'index', 'format', 'width', 'height']

const noise = (images: number[], output: NonNullable<NewJob['output']> = {}) =>
  newJob.parse({ kind: 'noise', images, settings: { model: 'gaussian', seed: 1 }, output })

async function ended(queue: JobQueue, id: number): Promise<JobEntry> {
  const isOver = () => !['queued', 'running'].includes(queue.entry(id).status)
  if (!isOver()) {
    await new Promise<void>((resolve) => {
      const stop = queue.changed.on(() => {
        if (!isOver()) return
        stop()
        resolve()
      })
    })
  }
  return queue.entry(id)
}

test('a batch writes beside its photos, and noisy copies know what they were made of', async () => {
  const { app, photos } = await openTestApplication()
  const { ids } = await importImages(app.core, [photos])
  const images = [...new Set(ids)]
  const job = noise(images, { importResults: true, format: 'png' })
  const { path, exists } = await app.queue.target(job)
  expect(exists).toBe(false)
  const { id } = await app.queue.start(job)
  expect(await ended(app.queue, id)).toMatchObject({ status: 'done', done: 2, failed: 0, fraction: 1 })
  expect(await readdir(join(photos, 'noisy'))).toContain(path.split('/').at(-1))
  const noisy = app.core.catalog.images.byPath(path)!
  expect(app.core.catalog.images.referenceOf(noisy.id)).not.toBeNull()
  const second = await app.queue.start(job)
  expect(await ended(app.queue, second.id)).toMatchObject({ status: 'done', failed: 2 })
  const third = await app.queue.start(noise(images, { existing: 'skip', format: 'png' }))
  expect(await ended(app.queue, third.id)).toMatchObject({ status: 'done', skipped: 2 })
})

test('wrong templates, folders outside and gone pictures are refused before anything is queued', async () => {
  const { app, photos } = await openTestApplication()
  const { ids } = await importImages(app.core, [photos])
  await expect(app.queue.start(noise([999]))).rejects.toMatchObject({ code: 'not-found' })
  await expect(app.queue.start(noise([ids[0]!], { template: '{nonsense}' }))).rejects.toThrow('nonsense')
  await expect(app.queue.start(noise([ids[0]!], { template: '../{name}' }))).rejects.toMatchObject({
    code: 'bad-input',
  })
  await expect(app.queue.start(noise([ids[0]!], { folder: '/etc' }))).rejects.toThrow('outside')
  expect(app.queue.list()).toEqual([])
})

test('a template is refused at the start for a field that its kind of job does not know', async () => {
  const { app, photos } = await openTestApplication()
  const { ids } = await importImages(app.core, [photos])
  const images = [ids[0]!]
  const settingsOf = {
    denoise: { model: 'auto' },
    noise: { model: 'gaussian', seed: 1 },
    compress: { model: 'codec', target: { kind: 'size', value: 1000 } },
  }
  const known = {
    denoise: [...common, 'model', 'sigma'],
    noise: [...common, 'model'],
    compress: [...common, 'model', 'quality'],
  }
  for (const kind of ['denoise', 'noise', 'compress'] as const) {
    for (const field of [...common, 'model', 'sigma', 'quality']) {
      const output = { template: `{name}-{${field}}` }
      const target = app.queue.target(newJob.parse({ kind, images, settings: settingsOf[kind], output }))
      if (known[kind].includes(field)) await target
      else await expect(target, `${kind} ${field}`).rejects.toThrow(`asks for {${field}}`)
    }
  }
  const wrong = app.queue.start(noise(images, { template: '{name}-{sigma}' }))
  await expect(wrong).rejects.toThrow(/\{sigma\}.*known are \{folder\}, \{name\}.*\{model\}/)
  expect(app.queue.list()).toEqual([])
})

test('the first target is where the whole batch puts it, and its day is that of the photo', async () => {
  const { app, photos } = await openTestApplication()
  for (const [name, folder] of [
    ['lake', 'a/b'],
    ['walrus', 'a/c'],
  ] as const) {
    await mkdir(join(photos, folder), { recursive: true })
    await rename(join(photos, `${name}.jpg`), join(photos, folder, `${name}.jpg`))
  }
  await utimes(join(photos, 'a/b/lake.jpg'), new Date(2019, 4, 7, 12), new Date(2019, 4, 7, 12))
  const { ids } = await importImages(app.core, [join(photos, 'a')], { recursive: true })
  const job = noise([...ids], { format: 'png', template: '{folder}/{date}/{name}-{width}{ext}' })
  const { path } = await app.queue.target(job)
  expect(path).toBe(join(photos, 'a/noisy/b/2019-05-07/lake-240.png'))
  const { id } = await app.queue.start(job)
  expect(await ended(app.queue, id)).toMatchObject({ status: 'done', failed: 0 })
  expect(app.core.catalog.jobs.items.get(id, 0).output).toBe(path)
})

test('what is stored of a job does not grow with its photos', async () => {
  const { app, photos } = await openTestApplication()
  const { ids } = await importImages(app.core, [photos])
  const { id } = await app.queue.start(noise([...new Set(ids)]))
  expect(app.core.catalog.jobs.get(id).input).toMatchObject({ root: photos, relativePaths: {} })
})

test('pause, resume, cancel, remove and take back', async () => {
  const { app, folder, photos } = await openTestApplication()
  await importImages(app.core, [photos])
  // something large ahead of it, so that it can be met while it runs
  const large = join(photos, 'large.png')
  await sharp({ create: { width: 4000, height: 3000, channels: 3, background: '#777' } })
    .png()
    .toFile(large)
  const { ids } = await importImages(app.core, [large])
  const { id } = await app.queue.start(noise([...ids], { folder: join(photos, 'out') }))
  await new Promise((resolve) => setTimeout(resolve, 300))
  const asked = performance.now()
  app.queue.pause(id)
  expect((await ended(app.queue, id)).status).toBe('paused')
  expect(performance.now() - asked).toBeLessThan(1000)
  app.queue.resume(id)
  app.queue.cancel(id)
  expect((await ended(app.queue, id)).status).toBe('cancelled')
  const step = app.queue.remove([id], 'gone')
  expect(app.queue.list()).toEqual([])
  await app.undo.restore(step.undo)
  expect(app.queue.entry(id)).toMatchObject({ status: 'cancelled', total: 1 })
  expect(folder).not.toBe('')
})

test('kill -9 in the middle of a batch: the next start goes on where it stopped', async () => {
  const { app, folder, photos } = await openTestApplication()
  const many = join(photos, 'many')
  await mkdir(many)
  for (let i = 0; i < 16; i++) {
    const background = { r: 12 * i, g: 90, b: 160 }
    await sharp({ create: { width: 600, height: 400, channels: 3, background } })
      .png()
      .toFile(join(many, `${i}.png`))
  }
  const data = join(folder, 'killed')
  const catalog = openCatalog(join(data, 'catalog.db'))
  const { ids } = await importImages({ catalog }, [many])
  const script = join(import.meta.dirname, 'serve-and-start.ts')
  const child = spawn(process.execPath, [script, data, photos, JSON.stringify(noise([...ids]))])
  child.stderr.pipe(process.stderr)
  const items = () => catalog.jobs.items.counts(1)
  while (!catalog.jobs.byId(1) || items().done < 3) await new Promise((resolve) => setTimeout(resolve, 20))
  child.kill('SIGKILL')
  await once(child, 'exit')
  const doneThen = items().done
  expect(doneThen).toBeLessThan(16)
  const finished = catalog.jobs.items.list(1, 'done').map(({ output }) => output!)
  const before = await Promise.all(finished.map((path) => readFile(path)))
  await app.queue.close()

  const again = spawn(process.execPath, [script, data, photos])
  again.stderr.pipe(process.stderr)
  while (catalog.jobs.get(1).status !== 'done') await new Promise((resolve) => setTimeout(resolve, 50))
  again.kill('SIGTERM')
  await once(again, 'exit')
  expect(items()).toMatchObject({ done: 16, failed: 0, waiting: 0 })
  expect(catalog.jobs.get(1).attempts).toBe(2)
  const results = await readdir(join(many, 'noisy'))
  expect(results.filter((name) => name.endsWith('.png'))).toHaveLength(16)
  expect(results.filter((name) => name.startsWith('.')).length).toBeLessThanOrEqual(2) // of the picture in work
  expect(await Promise.all(finished.map((path) => readFile(path)))).toEqual(before)
  catalog.close()
})
