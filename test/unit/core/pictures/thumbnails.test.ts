import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ThumbnailCache } from '../../../../main/core/pictures/thumbnails.ts'
import { SettingsStore } from '../../../../main/core/settings.ts'

const nameOf = (i: number) => `${i.toString(16).padStart(64, '0')}-256.webp`
const size = 2 ** 20

async function cacheIn() {
  const folder = await mkdtemp(join(tmpdir(), 'hourglass-thumbnails-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const settings = await SettingsStore.open(folder)
  await settings.change({ cacheFolder: join(folder, 'one'), cacheBytes: 16 * size })
  return { folder, settings, cache: new ThumbnailCache(settings) }
}

test('what was made is kept, also by a new cache on the same folder', async () => {
  const { settings, cache } = await cacheIn()
  let made = 0
  const make = async () => {
    made++
    return new Uint8Array([1, 2, 3])
  }
  expect([...(await cache.get(nameOf(1), make))]).toEqual([1, 2, 3])
  await cache.get(nameOf(1), make)
  const again = new ThumbnailCache(settings)
  expect([...(await again.get(nameOf(1), make))]).toEqual([1, 2, 3])
  expect(made).toBe(1)
  expect(await again.size()).toMatchObject({ bytes: 3, files: 1 })
})

test('the limit holds: those not used for the longest time go', async () => {
  const { settings, cache } = await cacheIn()
  const make = async () => new Uint8Array(size)
  for (let i = 0; i < 15; i++) await cache.get(nameOf(i), make)
  await cache.get(nameOf(0), make)
  for (let i = 15; i < 20; i++) await cache.get(nameOf(i), make)
  const { bytes, files, folder } = await cache.size()
  expect(bytes).toBeLessThanOrEqual(16 * size)
  expect(bytes).toBe(files * size)
  const left = (await Promise.all((await readdir(folder)).map((part) => readdir(join(folder, part))))).flat()
  expect(left).toHaveLength(files)
  expect(left).toContain(nameOf(19))
  expect(left).toContain(nameOf(0))
  expect(left).not.toContain(nameOf(1))
  await settings.change({ cacheBytes: 16 * size })
  expect((await cache.clear()).freedBytes).toBe(bytes)
  expect(await cache.size()).toMatchObject({ bytes: 0, files: 0 })
})

test('another place takes over at once', async () => {
  const { folder, settings, cache } = await cacheIn()
  await cache.get(nameOf(1), async () => new Uint8Array(5))
  await settings.change({ cacheFolder: join(folder, 'two') })
  expect(await cache.size()).toEqual({ folder: join(folder, 'two'), bytes: 0, files: 0 })
})
