import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Model } from '../../../../main/catalog/models.ts'
import { Access } from '../../../../main/core/access.ts'
import { type Core, openCore } from '../../../../main/core/core.ts'
import { importImages } from '../../../../main/core/import.ts'
import { namesOfClusters } from '../../../../main/core/latents/cluster-names.ts'
import { LatentsDesk } from '../../../../main/core/latents/latents-desk.ts'
import { refOf } from '../../../../main/core/model-library.ts'
import { planRun } from '../../../../main/core/plan-run.ts'
import { startRun } from '../../../../main/core/train.ts'
import { kMeans } from '../../../../main/latents/clusters.ts'
import { pointsOf } from '../../../../main/latents/points.ts'
import { writeIdx } from '../../../../main/training/data/write-idx.ts'
import { Random } from '../../../../shared/random.ts'

let folder: string
let core: Core
let model: Model
const source = () => ({ kind: 'idx' as const, path: join(folder, 'images-idx3-ubyte'), count: 1000 })
const quiet = () => ({ signal: new AbortController().signal, onProgress: () => undefined })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-desk-'))
  core = await openCore({ data: folder, device: 'cpu' })
  // Two kinds of 8 x 8 images: light from the left, and from above.
  const pixels = Uint8Array.from({ length: 60 * 64 }, (_, i) => {
    const [image, x, y] = [Math.floor(i / 64), i % 8, Math.floor((i % 64) / 8)]
    return Math.max(0, 250 - 30 * (image % 2 === 0 ? x : y) - 3 * new Random([i]).integer(8))
  })
  await writeIdx(join(folder, 'images-idx3-ubyte'), [60, 8, 8], pixels)
  await writeIdx(
    join(folder, 'labels-idx1-ubyte'),
    [60],
    Uint8Array.from({ length: 60 }, (_, i) => i % 2),
  )
  const given = { rows: 8, columns: 8, widths: [4], code: 3, trainingCount: 40, imageCount: 50, batch: 8 }
  const images = [join(folder, 'images-idx3-ubyte')]
  const request = await planRun({
    ...{ architecture: 'vae', images, length: { steps: 30 }, given, parent: null, id: 'small' },
    licenceNote: 'none',
  })
  model = (await startRun(core, request)).model!
})
afterAll(async () => {
  await core.close()
  await rm(folder, { recursive: true })
})

test('what codes keep and cost: PSNR of what is decoded, bits of the divergence from the prior', async () => {
  const desk = new LatentsDesk(core, Access.everywhere())
  const { key, labelKind } = await desk.encode('small', source(), quiet())
  expect(labelKind).toBe('class')
  expect(() => desk.values(key, 'psnr')).toThrow('was not measured')
  const { psnrDb, bits } = await desk.measure(key, quiet())
  const { values, items } = desk.collection(key)
  const request = { model: refOf(model), count: items.length, values }
  const { reconstructed } = await core.inference.call('reconstruct', request)
  const square = values.subarray(0, 64).reduce((sum, value, i) => sum + (value - reconstructed[i]!) ** 2, 0)
  expect(desk.values(key, 'psnr')[0]).toBeCloseTo(-10 * Math.log10(square / 64), 2)
  expect(psnrDb.low).toBeLessThanOrEqual(psnrDb.middle)
  expect(bits!.high).toBeGreaterThan(0)
  expect(desk.values(key, 'bits')).toHaveLength(60)
  desk.close()
})

test('clusters and classes are found in threads, and stop at once', async () => {
  const desk = new LatentsDesk(core, Access.everywhere())
  const { key } = await desk.encode('small', source(), quiet())
  const stop = new AbortController()
  const options = { signal: stop.signal, onProgress: () => stop.abort() }
  await expect(desk.classify(key, options)).rejects.toMatchObject({ code: 'aborted' })
  const stopped = desk.clusters(key, 2, 0, { ...options, signal: AbortSignal.abort() })
  await expect(stopped).rejects.toMatchObject({ code: 'aborted' })
  const { scores, images } = await desk.classify(key, quiet())
  expect(images).toBe(60)
  expect(scores.at(-1)!.neighbours).toBeGreaterThan(0.9)
  desk.close()
})

test('a name given to a cluster is there after a restart, and is forgotten when it is taken away', async () => {
  const first = new LatentsDesk(core, Access.everywhere())
  const { key } = await first.encode('small', source(), quiet())
  expect(() => first.nameCluster(key, 0, 'from the left')).toThrow('expected one of those that were found')
  expect((await first.clusters(key, 2, 0, quiet())).names).toEqual([null, null])
  first.nameCluster(key, 0, 'from the left')
  first.nameCluster(key, 0, 'from one side')
  first.close()
  const second = new LatentsDesk(core, Access.everywhere())
  await second.encode('small', source(), quiet())
  const { names, mutualInformation, sizes } = await second.clusters(key, 2, 0, quiet())
  expect(names).toEqual(['from one side', null])
  expect(sizes).toEqual([30, 30])
  expect(mutualInformation).toBeCloseTo(1, 5)
  second.nameCluster(key, 0, '')
  expect((await second.clusters(key, 2, 0, quiet())).names).toEqual([null, null])
  second.close()
})

test('names follow clusters whose middles hardly move, and no cluster takes that of another', () => {
  const random = new Random(5)
  const heaps = (count: number) =>
    pointsOf(
      Float32Array.from({ length: count * 2 }, (_, i) => random.normal() + 20 * (Math.floor(i / 2) % 3)),
      2,
    )
  const [before, after] = [heaps(300), heaps(301)]
  const clusters = kMeans(before, 3)
  const known = clusters.centres.map((centre, i) => ({ id: i, name: `heap ${i}`, centre }))
  const again = kMeans(after, 3, { seed: 9 })
  const names = namesOfClusters(again, after, known)
  expect(names.map((one) => one?.name).toSorted()).toEqual(['heap 0', 'heap 1', 'heap 2'])
  for (const [i, one] of names.entries())
    expect(Math.hypot(one!.centre[0]! - again.centres[i]![0]!)).toBeLessThan(1)
  // Halves of heaps: at most one half carries a heap's name.
  const many = namesOfClusters(kMeans(after, 6), after, known).flatMap((one) => one?.name ?? [])
  expect(new Set(many).size).toBe(many.length)
  expect(namesOfClusters(again, after, [{ id: 9, name: 'far', centre: Float32Array.of(90, 90) }])).toEqual([
    null,
    null,
    null,
  ])
})

test('which of the items are in the library, and in which of its collections', async () => {
  const samples = join(import.meta.dirname, '../../../../assets/samples')
  await mkdir(join(folder, 'photos', 'more'), { recursive: true })
  await copyFile(join(samples, 'lake.jpg'), join(folder, 'photos', 'lake.jpg'))
  await copyFile(join(samples, 'walrus.jpg'), join(folder, 'photos', 'more', 'walrus.jpg'))
  const { ids } = await importImages(core, [join(folder, 'photos', 'lake.jpg')], { dataset: 'Water' })
  const given = { rows: 8, columns: 8, channels: 3, widths: [4], code: 3, patchesPerPhoto: 20, batch: 4 }
  const request = await planRun({
    ...{ architecture: 'conv', images: [join(folder, 'photos')], length: { steps: 2 }, parent: null },
    ...{ given, id: 'colours', licenceNote: 'none' },
  })
  await startRun(core, request)
  const desk = new LatentsDesk(core, Access.everywhere())
  const photos = { kind: 'paths' as const, paths: [join(folder, 'photos')] }
  const { key, labels, labelKind } = await desk.encode('colours', photos, quiet())
  expect({ labels, labelKind }).toEqual({ labels: ['more', 'photos'], labelKind: 'folder' })
  expect(desk.inLibrary(key, [0, 1])).toEqual([...ids])
  expect(desk.collections(key)).toEqual(['Water'])
  expect([...desk.groups(key, 'collection')].toSorted()).toEqual([-1, 0])
  expect((await desk.measure(key, quiet())).bits).toBeNull()
  desk.close()
})
