import { expect, test } from 'vitest'
import { digitAugmentation } from '../../../../main/training/data/augment-grey.ts'
import type { IdxImages } from '../../../../main/training/data/idx.ts'
import {
  createIdxBatches,
  type IdxBatchOptions,
  idxSubset,
} from '../../../../main/training/data/idx-batches.ts'

/** Image i is filled with the value i and labelled i mod 10. */
const images: IdxImages = {
  count: 50,
  rows: 4,
  columns: 5,
  channels: 1,
  pixels: Uint8Array.from({ length: 50 * 20 }, (_, i) => Math.floor(i / 20)),
  labels: Uint8Array.from({ length: 50 }, (_, i) => i % 10),
}
const indices = Array.from({ length: 40 }, (_, i) => i + 10)
const base: IdxBatchOptions = { images, indices, batch: 16, seed: 3, augment: null }

async function batches(count: number, options: Partial<IdxBatchOptions> = {}) {
  const source = createIdxBatches({ ...base, ...options })
  const made = []
  for (let k = 0; k < count; k++) made.push(await source.next())
  return made
}

const drawn = (all: Awaited<ReturnType<typeof batches>>) =>
  all.flatMap(({ images: pixels }) => Array.from({ length: 16 }, (_, i) => Math.round(pixels[i * 20] * 255)))

test('each image comes once per epoch, in another order each time, with its label', async () => {
  const all = await batches(5) // 80 images: two epochs
  const order = drawn(all)
  expect([...order.slice(0, 40)].sort((a, b) => a - b)).toEqual(indices)
  expect([...order.slice(40)].sort((a, b) => a - b)).toEqual(indices)
  expect(order.slice(0, 40)).not.toEqual(indices)
  expect(order.slice(40)).not.toEqual(order.slice(0, 40))
  expect(all.flatMap(({ labels }) => [...labels!])).toEqual(order.map((index) => index % 10))
  expect(all.map(({ step, epoch }) => [step, epoch])).toEqual([
    [0, 0],
    [1, 0],
    [2, 1],
    [3, 1],
    [4, 1],
  ])
  expect(all[0].images).toHaveLength(16 * 20)
  expect(all[0].inputs).toBe(all[0].images)
})

test('a resumed source gives the same bytes, another seed others', async () => {
  const options = { augment: digitAugmentation, inputNoise: 0.1 }
  const reference = await batches(8, options)
  expect(await batches(5, { ...options, startStep: 3 })).toEqual(reference.slice(3))
  expect((await batches(1, { ...options, seed: 4 }))[0].images).not.toEqual(reference[0].images)
})

test('an image is moved anew each epoch, and alike whatever the batch', async () => {
  const one = { ...base, indices: [49], batch: 1, augment: digitAugmentation }
  const [first, second] = await batches(2, one)
  expect(first.images).not.toEqual(second.images)
  const [both] = await batches(1, { ...one, batch: 2 })
  expect(both.images.slice(0, 20)).toEqual(first.images)
  expect(both.images.slice(20)).toEqual(second.images)
})

test('noise is on the inputs alone, and has its deviation', async () => {
  const all = await batches(40, { inputNoise: 0.2 })
  expect(drawn(all.slice(0, 2)).every((index) => indices.includes(index))).toBe(true)
  const noise = all.flatMap(({ images: clean, inputs }) => Array.from(inputs, (value, i) => value - clean[i]))
  const deviation = Math.sqrt(noise.reduce((sum, value) => sum + value * value, 0) / noise.length)
  expect(Math.abs(deviation - 0.2)).toBeLessThan(0.006)
  expect(all[0].inputs[0] - all[0].images[0]).not.toBeCloseTo(all[0].inputs[20] - all[0].images[20], 5)
})

test('a subset keeps the order given', () => {
  const subset = idxSubset(images, [7, 3])
  expect(subset.labels).toEqual(Uint8Array.of(7, 3))
  expect(subset.images).toEqual(Float32Array.from({ length: 40 }, (_, i) => (i < 20 ? 7 : 3) / 255))
})

test('a closed source is closed', async () => {
  const source = createIdxBatches(base)
  for await (const { step } of source) if (step === 2) break
  await expect(source.next()).rejects.toMatchObject({ code: 'aborted' })
})

test.each([
  [{ batch: 0 }, /batch/],
  [{ indices: [] }, /indices: expected at least one image/],
  [{ indices: [3, 50] }, /indices: expected whole numbers from 0 to 49, got 50/],
  [{ startStep: 0.5 }, /startStep/],
  [{ inputNoise: -1 }, /inputNoise/],
  [{ augment: { degrees: 0, scale: 2, shift: 0 } }, /augmentation/],
])('%o is refused', (wrong, message) => {
  expect(() => createIdxBatches({ ...base, ...wrong })).toThrow(message)
})
