import { mkdir, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { answerPixels } from '../../../main/api/urls/pixels.ts'
import type { Application } from '../../../main/core/application.ts'
import { importImages } from '../../../main/core/import.ts'
import { sourceOf } from '../../../main/core/latents/source-of.ts'
import { picturesOf } from '../../../main/core/training/pictures-of.ts'
import { writeIdx } from '../../../main/training/data/write-idx.ts'
import { clientOf } from '../api/client.ts'
import { openPhotos, openServing } from './application.ts'

const none = new AbortController().signal
const statusOf = async (app: Application, path: string) =>
  (await answerPixels(app, new URL(path, 'http://host'), none))!.status
const idsOf = async (app: Application, view = {}) => {
  const url = new URL(`http://host/library/ids?view=${encodeURIComponent(JSON.stringify(view))}`)
  const { body } = (await answerPixels(app, url, none))!
  return [...new Uint32Array((body as Uint8Array).slice().buffer)]
}

/** `private/walrus.jpg`, and `lake.jpg` in `private` and in `photos`, all known; then `photos` alone is served. */
async function servedPart() {
  const { folder, photos } = await openPhotos()
  const hidden = join(folder, 'private')
  await mkdir(hidden)
  await rename(join(photos, 'walrus.jpg'), join(hidden, 'walrus.jpg'))
  await rename(join(photos, 'again.jpg'), join(hidden, 'secret.jpg'))
  const all = await openServing(folder, null)
  await importImages(all.core, [hidden], { dataset: 'Trip' }) // so that each image's first file is a hidden one
  await importImages(all.core, [photos], { dataset: 'Trip' })
  const known = all.core.catalog
  const [walrus, lake] = ['walrus.jpg', 'secret.jpg'].map(
    (name) => known.images.byPath(join(hidden, name))!.id,
  )
  const job = known.jobs.add({ kind: 'restore', input: {}, items: [join(hidden, 'walrus.jpg')] })
  await all.close()
  return {
    app: await openServing(folder, [photos]),
    folder,
    photos,
    hidden,
    walrus: walrus!,
    lake: lake!,
    job,
  }
}

test('images outside of the served libraries are neither listed, found nor described', async () => {
  const { app, photos, walrus, lake, job } = await servedPart()
  const { client } = clientOf(app)
  expect(await idsOf(app)).toEqual([lake])
  expect(await idsOf(app, { search: 'walrus' })).toEqual([])
  expect(await idsOf(app, { search: 'secret' })).toEqual([]) // by the path of its other file
  expect(await idsOf(app, { search: 'se' })).toEqual([])
  expect(await client.query('library.rows', { ids: [walrus, lake] })).toMatchObject([{ name: 'lake.jpg' }])
  expect(await client.query('library.facets', undefined)).toMatchObject({ total: 1 })
  await expect(client.query('library.details', { id: walrus })).rejects.toThrow('no image')
  expect(await client.query('library.details', { id: lake })).toMatchObject({
    ...{ name: 'lake.jpg', path: join(photos, 'lake.jpg') },
    locations: [{ path: join(photos, 'lake.jpg'), isThere: true }],
  })
  const [trip] = (await client.query('collections.list', undefined)) as { name: string; count: number }[]
  expect(trip).toMatchObject({ name: 'Trip', count: 1 })
  expect(await client.query('jobs.items', { id: job.id })).toEqual({ count: 0, items: [] })
})

test('nor are their pixels, and nothing is done with them', async () => {
  const { app, walrus, lake } = await servedPart()
  const { client } = clientOf(app)
  for (const what of ['thumb?size=256', 'fit?size=256', 'tile?x=0&y=0&w=8&h=8']) {
    expect(await statusOf(app, `/pixels/i${walrus}/${what}`)).toBe(404)
    expect(await statusOf(app, `/pixels/i${lake}/${what}`)).toBe(200)
  }
  expect(await statusOf(app, `/download/i${walrus}`)).toBe(404)
  expect(await client.mutation('library.remove', { ids: [walrus] })).toMatchObject({ count: 0 })
  await expect(client.query('denoise.estimate', { image: walrus })).rejects.toThrow('no image')
  await expect(client.mutation('library.setReference', { id: lake, reference: walrus })).rejects.toThrow(
    'no image',
  )
  const settings = { model: 'denoiser' }
  await expect(
    client.mutation('jobs.start', { kind: 'denoise', images: [walrus], settings }),
  ).rejects.toThrow('none of these images')
})

test('a link out of a library gives no more than its own name', async () => {
  const { app, photos, hidden } = await servedPart()
  await symlink(join(hidden, 'walrus.jpg'), join(photos, 'link.jpg'))
  await importImages(app.core, [join(photos, 'link.jpg')])
  const [id] = await idsOf(app, { search: 'link' })
  const { client } = clientOf(app)
  await expect(client.query('library.details', { id })).rejects.toThrow('outside of the folders')
  expect(await statusOf(app, `/pixels/i${id}/thumb?size=256`)).toBe(400)
})

test('links out of a library lead no import, encoding or training there', async () => {
  const { app, photos, hidden, lake } = await servedPart()
  const own = join(photos, 'lake.jpg')
  await symlink(hidden, join(photos, 'link'))
  await symlink(join(hidden, 'walrus.jpg'), join(photos, 'walrus.jpg'))
  const paths = [photos]
  const { all, client } = clientOf(app)
  expect((await all('library.import', { paths, recursive: true })).at(-1)).toMatchObject({
    ...{ kind: 'done', ids: [lake], failed: [] },
  })
  expect(await sourceOf(app.core, app.access, { kind: 'paths', paths })).toMatchObject({ paths: [own] })
  expect(await picturesOf(app, { kind: 'paths', paths })).toEqual({ images: [own] })

  // One that came in while all of the machine was open.
  await importImages(app.core, [join(photos, 'walrus.jpg')], { dataset: 'Trip' })
  expect(await idsOf(app)).toHaveLength(2)
  const [{ id }] = (await client.query('collections.list', undefined)) as [{ id: number }]
  for (const data of [{ kind: 'library' as const }, { kind: 'collection' as const, id }]) {
    expect(await sourceOf(app.core, app.access, data)).toMatchObject({ paths: [own] })
    expect(await picturesOf(app, data)).toEqual({ images: [own] })
  }

  await writeIdx(join(photos, 'images-idx3-ubyte'), [1, 2, 2], new Uint8Array(4))
  await writeFile(join(hidden, 'labels'), '')
  await symlink(join(hidden, 'labels'), join(photos, 'labels-idx1-ubyte'))
  const idx = { kind: 'idx' as const, path: join(photos, 'images-idx3-ubyte'), count: 1 }
  expect(await sourceOf(app.core, app.access, idx)).not.toHaveProperty('labels')
})
