import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Model } from '../../../../main/catalog/models.ts'
import { type Core, openCore } from '../../../../main/core/core.ts'
import { axesOf } from '../../../../main/core/latents/axes.ts'
import { bestClusters } from '../../../../main/core/latents/cluster-collection.ts'
import { type Collection, collect } from '../../../../main/core/latents/collection.ts'
import { scoreDraws } from '../../../../main/core/latents/draws-help.ts'
import { scoreFeatures } from '../../../../main/core/latents/features.ts'
import { generate, generateByClass, keepGenerated, priorOf } from '../../../../main/core/latents/generate.ts'
import { imageGrid } from '../../../../main/core/latents/image-shape.ts'
import { mapCollection, mapSettings, placeOnMap } from '../../../../main/core/latents/map.ts'
import { searchNearest } from '../../../../main/core/latents/search.ts'
import { planRun } from '../../../../main/core/plan-run.ts'
import { startRun } from '../../../../main/core/train.ts'
import { readImage } from '../../../../main/imaging/read.ts'
import { pointAt, pointsOf, selectPoints } from '../../../../main/latents/points.ts'
import { idxImages } from '../../../../main/training/data/idx.ts'
import { writeIdx } from '../../../../main/training/data/write-idx.ts'
import { Random } from '../../../../shared/random.ts'

let folder: string
let core: Core
let model: Model
let collection: Collection
const [images, labels] = ['images-idx3-ubyte', 'labels-idx1-ubyte']
const source = () => ({ kind: 'idx' as const, images: join(folder, images), labels: join(folder, labels) })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-latents-'))
  core = await openCore({ data: folder, device: 'cpu' })
  // Two kinds of 8 x 8 images: light from the left, and from above.
  const pixels = Uint8Array.from({ length: 60 * 64 }, (_, i) => {
    const [image, x, y] = [Math.floor(i / 64), i % 8, Math.floor((i % 64) / 8)]
    return Math.max(0, 250 - 30 * (image % 2 === 0 ? x : y) - 3 * new Random([i]).integer(8))
  })
  await writeIdx(join(folder, images), [60, 8, 8], pixels)
  await writeIdx(
    join(folder, labels),
    [60],
    Uint8Array.from({ length: 60 }, (_, i) => i % 2),
  )
  const given = { rows: 8, columns: 8, widths: [4], code: 3, trainingCount: 40, imageCount: 50, batch: 8 }
  const request = await planRun({
    ...{
      architecture: 'vae',
      images: [join(folder, images)],
      length: { steps: 30 },
      given,
      parent: null,
      id: 'small',
    },
    licenceNote: 'none',
  })
  model = (await startRun(core, request)).model!
  collection = await collect(core, model, source())
})
afterAll(async () => {
  await core.close()
  await rm(folder, { recursive: true })
})

test('codes of a collection: kept in the catalog, found there again, and of the images asked for', async () => {
  expect(collection.points).toMatchObject({ count: 60, length: 3 })
  expect(collection.labels).toEqual(['0', '1'])
  expect(core.catalog.codes.ofModel(model.sha256)).toHaveLength(60)
  const part = await collect(core, model, { ...source(), from: 10, to: 12 })
  expect(part.items.map(({ name, label }) => [name, label])).toEqual([
    ['10', 0],
    ['11', 1],
  ])
  expect(part.points.values).toEqual(collection.points.values.slice(30, 36))
  const beyond = collect(core, model, { ...source(), from: 10, to: 61 })
  await expect(beyond).rejects.toThrow('holds 60 images; asked for 10 to 61')
  await expect(collect(core, core.catalog.models.byId('denoiser')!, source())).rejects.toThrow(
    "model 'denoiser' is for 'denoise'; latents need a dense, conv or vae model",
  )
})

test('a map by PCA at once; by UMAP drawn, kept, found again; a further code is placed on it', async () => {
  const pca = await mapCollection(core, collection, { method: 'pca' })
  expect(pca.xy).toHaveLength(120)
  const placed = placeOnMap(collection, pca, pointAt(collection.points, 7))
  expect(placed[0]).toBeCloseTo(pca.xy[14]!, 4)
  expect(placed[1]).toBeCloseTo(pca.xy[15]!, 4)
  const settings = mapSettings.parse({ method: 'umap', neighbours: 5, epochs: 30 })
  const drawn = await mapCollection(core, collection, settings)
  expect(drawn.isCached).toBe(false)
  const again = await mapCollection(core, collection, settings)
  expect(again.isCached).toBe(true)
  expect(again.xy).toEqual(drawn.xy)
  expect((await mapCollection(core, collection, mapSettings.parse({ ...settings, seed: 1 }))).isCached).toBe(
    false,
  )
})

test('neighbours by sqlite-vec are those of the loop', () => {
  const random = new Random(3)
  const points = pointsOf(
    Float32Array.from({ length: 4000 }, () => random.normal()),
    8,
  )
  const query = pointAt(points, 17)
  const loop = searchNearest(points, query, 6, 17, 'loop')
  const table = searchNearest(points, query, 6, 17, 'sqlite-vec')
  expect(table.by).toBe('sqlite-vec')
  expect(table.found.map(({ index }) => index)).toEqual(loop.found.map(({ index }) => index))
  for (const [i, { distance }] of table.found.entries())
    expect(distance).toBeCloseTo(loop.found[i]!.distance, 4)
  expect(searchNearest(points, query, 6).by).toBe('loop')
})

test('the two kinds are told apart by their codes; axes and clusters are those of the codes', async () => {
  const rows = await scoreFeatures([collection], { trainingCount: 40 })
  expect(rows.map(({ features, length }) => [features, length])).toEqual([
    ['raw pixels', 64],
    ['PCA of the pixels', 3],
    ['small', 3],
  ])
  for (const { neighbours, logistic } of rows) expect(Math.min(neighbours, logistic)).toBeGreaterThan(0.9)
  expect(rows[2]!.confusion.flat().reduce((sum, count) => sum + count)).toBe(20)
  const axes = axesOf(collection)
  expect(axes).toHaveLength(3)
  expect(axes[0]!.deviation).toBeGreaterThanOrEqual(axes[2]!.deviation)
  const { count, tried } = bestClusters(collection.points, 'auto', { seed: 0 })
  expect(tried.find((each) => each.count === count)!.silhouette).toBe(
    Math.max(...tried.map(({ silhouette }) => silhouette)),
  )
  await expect(scoreFeatures([collection], { trainingCount: 60 })).rejects.toThrow('expected 1 to 59, got 60')
})

test('photos, which come folder by folder, are held out of all of them', async () => {
  const items = collection.items.map((item, i) => ({ ...item, path: `${i}.jpg` }))
  const order = items.map((_, i) => i).sort((a, b) => items[a]!.label! - items[b]!.label! || a - b)
  const byFolder = {
    ...collection,
    items: order.map((i) => items[i]!),
    points: selectPoints(collection.points, order),
    values: selectPoints(pointsOf(collection.values, 64), order).values,
  }
  const [pixels] = await scoreFeatures([byFolder], { trainingCount: 30 })
  expect(pixels!.neighbours).toBeGreaterThan(0.9)
  for (const row of pixels!.confusion) expect(row.reduce((sum, count) => sum + count)).toBeGreaterThan(5)
})

test('drawn images: repeatable, of each class, and a data set that can be read', async () => {
  const options = { count: 6, seed: 1, temperature: 1 }
  const prior = priorOf(model, 'gaussian', collection)
  const drawn = await generate(core, model, prior, options)
  expect(drawn.images).toHaveLength(6 * 64)
  expect((await generate(core, model, prior, options)).images).toEqual(drawn.images)
  expect(priorOf(model, 'normal', null).parts).toHaveLength(1)
  expect(() => priorOf(model, 'mixture', null)).toThrow('needs images')
  const each = await generateByClass(core, collection, options)
  expect([...each.labels!]).toEqual([0, 1, 0, 1, 0, 1])
  const kept = await keepGenerated(model, each, {
    picture: join(folder, 'drawn.png'),
    dataset: join(folder, 'drawn'),
  })
  expect(await idxImages(kept.images!, kept.labels!)).toMatchObject({
    count: 6,
    rows: 8,
    columns: 8,
    channels: 1,
  })
  expect(await readImage(kept.picture)).toMatchObject({ width: 6 * 9 - 1, height: 8 })
  const figures = await scoreDraws(core, collection, {
    trainingCount: 40,
    labelled: 8,
    draws: [0, 20],
    seed: 1,
  })
  expect(figures.map(({ features, draws }) => `${features} ${draws}`)).toEqual([
    ...['raw pixels 0', 'codes 0', 'raw pixels 20', 'codes 20'],
  ])
  for (const { logistic } of figures) expect(logistic).toBeGreaterThan(0.5)
  expect((await readFile(kept.labels!)).subarray(0, 4)).toEqual(Buffer.of(0, 0, 8, 1))
})

test('a grid of images: so many in a row, a line between them', () => {
  const values = Float32Array.of(0, 1, 0.5, 0.5, 2, -1)
  const { width, height, pixels } = imageGrid(values, { rows: 1, columns: 2, channels: 1 }, 2)
  expect([width, height]).toEqual([5, 3])
  expect([...pixels]).toEqual([0, 255, 32, 128, 128, 32, 32, 32, 32, 32, 255, 0, 32, 32, 32])
})
