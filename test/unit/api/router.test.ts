import { rename, rm, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { connector, connectPort, mostMessageBytes } from '../../../main/api/connect.ts'
import { router } from '../../../main/api/router.ts'
import { answerPixels } from '../../../main/api/urls/pixels.ts'
import { serverHost } from '../../../main/core/host.ts'
import { importImages } from '../../../main/core/import.ts'
import { contract } from '../../../shared/contract/index.ts'
import type { ImportEvent } from '../../../shared/contract/library.ts'
import type { NoiseFacts } from '../../../shared/contract/noise.ts'
import type { PreviewEvent } from '../../../shared/contract/preview.ts'
import { openPhotos, openServing, openTestApplication } from '../core/application.ts'
import { clientOf } from './client.ts'

const none = new AbortController().signal

test('every procedure of the contract is there, and none beside', () => {
  const named = Object.entries(contract).flatMap(([area, procedures]) =>
    Object.keys(procedures).map((name) => `${area}.${name}`),
  )
  expect(Object.keys(router._def.procedures).sort()).toEqual(named.sort())
})

test('import, browse, look, remove, take back', async () => {
  const { app, photos } = await openTestApplication()
  const { client, all } = clientOf(app)
  const done = (await all<ImportEvent>('library.import', { paths: [photos], collection: 'Trip' })).at(-1)!
  expect(done).toMatchObject({ kind: 'done', counts: { added: 2, duplicate: 1, known: 0 } })
  const ids = new URL('http://host/library/ids?view={"order":"name","descending":false}')
  const { body } = (await answerPixels(app, ids, none))!
  expect([...new Uint32Array((body as Uint8Array).slice().buffer)]).toHaveLength(2)
  const page = (await client.query('library.page', { view: { search: 'walrus' }, offset: 0, limit: 10 })) as {
    rows: { id: number; name: string }[]
  }
  expect(page.rows.map(({ name }) => name)).toEqual(['walrus.jpg'])
  const { id } = page.rows[0]!
  const details = await client.query('library.details', { id })
  const known = { width: 240, height: 160, collections: [{ name: 'Trip' }], reference: null, hasTime: false }
  expect(details).toMatchObject(known)
  const { undo, count } = (await client.mutation('library.remove', { ids: [id] })) as {
    undo: string
    count: number
  }
  expect(count).toBe(1)
  expect(await client.query('library.count', {})).toEqual({ count: 1 })
  await client.mutation('undo.restore', { undo })
  expect(await client.query('library.details', { id })).toMatchObject({ collections: [{ name: 'Trip' }] })
  await expect(client.mutation('undo.restore', { undo })).rejects.toMatchObject({
    data: { app: { code: 'not-found' } },
  })
})

test('what goes to the trash is the file of the library, not what it leads to', async () => {
  const { folder, photos } = await openPhotos()
  const [original, link] = [join(folder, 'original.jpg'), join(photos, 'walrus.jpg')]
  await rename(link, original)
  await symlink(original, link)
  const trashed: string[] = []
  const app = await openServing(folder, null, {
    ...serverHost,
    trash: async (path) => void trashed.push(path),
  })
  const { ids } = await importImages(app.core, [link, join(photos, 'lake.jpg')])
  await rm(join(photos, 'lake.jpg'))
  const { client } = clientOf(app)
  expect(await client.mutation('library.trash', { ids: [...ids] })).toEqual({ count: 2 })
  expect(trashed).toEqual([link])
  expect(app.core.catalog.images.count()).toBe(0)
})

test('a collection that was renamed gets its name back', async () => {
  const { app } = await openTestApplication()
  const { client } = clientOf(app)
  const { id } = (await client.mutation('collections.create', { name: 'Trip' })) as { id: number }
  const renamed = (await client.mutation('collections.rename', { id, name: 'Best' })) as { undo: string }
  expect(renamed).toMatchObject({
    label: 'Renamed the collection Trip to Best',
    collection: { name: 'Best' },
  })
  const { undo } = renamed
  await client.mutation('undo.restore', { undo })
  expect(await client.query('collections.list', undefined)).toMatchObject([{ id, name: 'Trip' }])
})

test('errors arrive with our code and words, and no stack', async () => {
  const { app } = await openTestApplication()
  const { client } = clientOf(app)
  const error = (await client.query('library.details', { id: 7 }).catch((each: unknown) => each)) as {
    data: unknown
    shape: unknown
  }
  expect(error.data).toEqual({
    code: 'NOT_FOUND',
    app: { code: 'not-found', message: 'the library has no image 7' },
  })
  expect(JSON.stringify(error.shape)).not.toContain('at ')
  await expect(client.query('library.rows', { ids: [1.5] })).rejects.toMatchObject({
    data: { app: { code: 'bad-input' } },
  })
})

test('a port that sends what is no text, or too much, is closed', async () => {
  const { app } = await openTestApplication()
  const serve = connector(app)
  for (const message of [new Uint8Array(3), { id: 1 }, 'x'.repeat(mostMessageBytes + 1), null]) {
    let closed = 0
    const socket = connectPort(serve, {
      send: () => {},
      close: () => {
        closed++
      },
    })
    socket.receive(message)
    expect(closed).toBe(1)
    expect(socket.readyState).toBe(3)
  }
})

test('noise is previewed as a picture with its figures, and again from what is kept', async () => {
  const { app, photos } = await openTestApplication()
  const { all } = clientOf(app)
  await all('library.import', { paths: [join(photos, 'lake.jpg')] })
  const request = { image: 1, model: 'gaussian', parameters: { sigma255: 20 }, seed: 5 }
  const events = await all<PreviewEvent<NoiseFacts>>('noise.preview', request)
  const last = events.at(-1)!
  if (last.kind !== 'done') throw new Error(`expected done, got ${last.kind}`)
  expect(last.facts.psnrDb).toBeGreaterThan(20)
  expect(last.facts.histogram.deviation).toBeGreaterThan(15)
  const again = await all<PreviewEvent<NoiseFacts>>('noise.preview', request)
  expect(again.at(-1)).toEqual(last)
  const ask = async (path: string) => (await answerPixels(app, new URL(path, 'http://host'), none))!
  const { key } = last.layer
  const tile = await ask(`/pixels/${key}/tile?x=10&y=10&w=64&h=48`)
  expect(tile).toMatchObject({ status: 200, headers: { 'Content-Type': 'image/png' } })
  expect((await ask(`/pixels/${key}/tile?x=200&y=10&w=64&h=48`)).status).toBe(400)
  expect((await ask('/pixels/rffff/fit?size=100')).status).toBe(404)
  expect((await ask('/pixels/i1/thumb?size=256')).headers['Content-Type']).toBe('image/webp')
  expect((await ask('/pixels/i1/thumb?size=257')).status).toBe(400)
  const download = await ask(`/download/${key}`)
  expect(download.headers['Content-Disposition']).toContain('lake-gaussian.png')
})

test('malformed escapes of an address are answered', async () => {
  const { app } = await openTestApplication()
  for (const path of ['/latents/%E0%A4%A/map-x', '/latents/x/%', '/train/%ff/samples-1', '/pixels/%/fit']) {
    expect((await answerPixels(app, new URL(path, 'http://host'), none))?.status, path).toBe(400)
  }
})

test('settings are checked as a whole, kept, and told to others', async () => {
  const { app, folder } = await openTestApplication()
  const { client } = clientOf(app)
  const heard: unknown[] = []
  const stop = app.settings.changes.on((settings) => heard.push(settings.format))
  await client.mutation('settings.set', { format: 'png', templates: { denoise: '{name}-x{ext}' } })
  stop()
  expect(heard).toEqual(['png'])
  expect(await client.query('settings.get')).toMatchObject({
    format: 'png',
    templates: { denoise: '{name}-x{ext}', noise: '{folder}/{name}-{model}{ext}' },
  })
  for (const change of [
    { quality: 0 },
    { nonsense: 1 },
    { templates: { denoise: '' } },
    { units: { bytes: 'x' } },
  ]) {
    await expect(client.mutation('settings.set', change)).rejects.toMatchObject({
      data: { app: { code: 'bad-input' } },
    })
  }
  expect((await stat(join(folder, 'data', 'settings.json'))).isFile()).toBe(true)
})
