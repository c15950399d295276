import { createHash } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createPhotoBatches, type PhotoBatchOptions } from '../../../../main/training/data/photo-batches.ts'
import type { RecipeName } from '../../../../main/training/data/recipes.ts'
import { temporaryFolder, writePositions, writeTruncated } from './photos.ts'

const folder = temporaryFolder()
let files: string[]

beforeAll(async () => {
  files = await Promise.all(
    Array.from({ length: 6 }, (_, i) =>
      writePositions(join(folder, `${i}.png`), 150 + 20 * i, 130 + 10 * i, 40 * i),
    ),
  )
  files.push(await writePositions(join(folder, 'large.png'), 1010, 120, 255))
})
afterAll(() => rmSync(folder, { recursive: true }))

const base = { crop: 32, batch: 6, seed: 11 }

/** The batches of some steps. */
async function batches<Name extends RecipeName>(
  count: number,
  options: Omit<PhotoBatchOptions<Name>, 'files'>,
  from = files,
) {
  const source = await createPhotoBatches({ ...options, files: from })
  try {
    const made = []
    for (let k = 0; k < count; k++) made.push(await source.next())
    return made
  } finally {
    await source.close()
  }
}

/** Bit by bit, in a form that fails fast and legibly: the SHA-256 of every array. */
function digests(made: readonly object[]): string[] {
  return made.map((batch) =>
    Object.entries(batch)
      .map(([name, value]) =>
        value instanceof Float32Array
          ? `${name} ${createHash('sha256').update(value).digest('hex')}`
          : `${name} ${value}`,
      )
      .join('; '),
  )
}

test('crops are squares of the photos, in place, turned and mirrored', async () => {
  const [batch] = await batches(1, { ...base, batch: 64, recipe: 'plain' })
  expect([batch.step, batch.shape]).toEqual([0, [64, 32, 32, 3]])
  expect(batch.images).toHaveLength(64 * 32 * 32 * 3)
  const kinds = new Set<string>()
  const corners: number[][] = []
  for (let index = 0; index < 64; index++) {
    const at = (row: number, column: number) => {
      const from = ((index * 32 + row) * 32 + column) * 3
      return [...batch.images.subarray(from, from + 3)].map((value) => Math.round(value * 255))
    }
    const corner = at(0, 0)
    const step = (pixel: number[]) => [0, 1].map((axis) => (pixel[axis] - corner[axis]) / 31 + 0)
    const [right, down] = [step(at(0, 31)), step(at(31, 0))]
    // scaled views move by more than a pixel at a time; the large photo is wider than 256
    if (Math.hypot(...right) !== 1 || corner[2] === 255) continue
    for (const [row, column] of [
      [31, 31],
      [7, 20],
      [30, 1],
    ]) {
      const expected = [0, 1].map((axis) => corner[axis] + row * down[axis] + column * right[axis])
      expect(at(row, column)).toEqual([...expected, corner[2]])
    }
    kinds.add(`${right} ${down}`)
    corners.push([0, 1].map((axis) => corner[axis] + 31 * Math.min(0, right[axis] + down[axis])))
  }
  expect(kinds.size).toBe(8)
  for (const axis of [0, 1]) expect(new Set(corners.map((corner) => corner[axis])).size).toBeGreaterThan(10)
})

describe('batch k depends on the seed and k alone', () => {
  const denoise = { ...base, recipe: 'denoise' } as const

  test('whatever the number of threads, the memory and the batches made ahead', async () => {
    const reference = digests(await batches(12, denoise))
    expect(new Set(reference.map((line) => line.slice(0, 60))).size).toBe(12)
    expect(digests(await batches(12, { ...denoise, workers: 3, ahead: 7 }))).toEqual(reference)
    expect(digests(await batches(12, { ...denoise, memoryBytes: 0, ahead: 1 }))).toEqual(reference)
    expect(digests(await batches(12, { ...denoise, memoryBytes: 300_000, workers: 2 }))).toEqual(reference)
  })

  test('after a resume, also when photos take turns', async () => {
    for (const options of [denoise, { ...denoise, poolBytes: 300_000, cropsPerTurn: 4 }]) {
      const reference = digests(await batches(10, options))
      expect(digests(await batches(4, { ...options, startStep: 6 }))).toEqual(reference.slice(6))
    }
  })

  test('and another seed gives other batches', async () => {
    const [[a], [b]] = [await batches(1, denoise), await batches(1, { ...denoise, seed: 12 })]
    expect(digests([{ clean: a.clean }])).not.toEqual(digests([{ clean: b.clean }]))
    expect(a.sigma).not.toEqual(b.sigma)
  })
})

describe('photos that cannot be used', () => {
  test('are left out and reported, and do not change what comes when', async () => {
    const small = await writePositions(join(folder, 'small.png'), 31, 500, 0)
    const half = await writeTruncated(join(folder, 'half.jpg'), 800, 900)
    const text = join(folder, 'text.jpg')
    writeFileSync(text, 'not a photo')
    const all = [small, half, text, ...files]
    const source = await createPhotoBatches({ ...base, files: all, recipe: 'plain' })
    expect(source.skipped.tooSmall).toEqual([small])
    expect(source.skipped.broken.map((photo) => photo.path)).toEqual([text])
    const made = []
    for (let k = 0; k < 8; k++) made.push(await source.next())
    expect(source.skipped.broken.map((photo) => photo.path)).toEqual([text, half])
    expect(source.skipped.broken[1].message).toContain(half)
    await source.close()
    // here nobody knows yet that the photo is broken when step 5 is made
    expect(digests(await batches(3, { ...base, recipe: 'plain', startStep: 5, workers: 2 }, all))).toEqual(
      digests(made.slice(5)),
    )
  })

  test('all broken, all too small: one clear error', async () => {
    const half = await writeTruncated(join(folder, 'only.jpg'), 100, 100)
    const source = await createPhotoBatches({ ...base, files: [half], recipe: 'plain' })
    await expect(source.next()).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringContaining('none of the 1'),
    })
    await expect(source.next()).rejects.toMatchObject({ code: 'unreadable' })
    await source.close()
    const tooLarge = createPhotoBatches({ ...base, crop: 512, files, recipe: 'plain' })
    await expect(tooLarge).rejects.toThrow(
      /no photo of at least 512x512 pixels: of 7, 7 are smaller and 0 cannot be read/,
    )
  })
})

test('memory stays within its budget', async () => {
  const source = await createPhotoBatches({
    ...base,
    files,
    recipe: 'plain',
    memoryBytes: 500_000,
    workers: 2,
  })
  for (let k = 0; k < 10; k++) {
    await source.next()
    expect(source.memoryBytes()).toBeLessThanOrEqual(500_000)
    expect(source.memoryBytes()).toBeGreaterThan(0)
  }
  await source.close()
})

test('closing rejects who waits, and who asks later', async () => {
  const source = await createPhotoBatches({ ...base, files, recipe: 'plain' })
  const waiting = source.next().catch((error) => error)
  await source.close()
  expect(await waiting).toMatchObject({ code: 'aborted' })
  await expect(source.next()).rejects.toMatchObject({ code: 'aborted' })
})

test('a loop over the source sees the steps in order and closes it at its end', async () => {
  const source = await createPhotoBatches({ ...base, files, recipe: 'plain', startStep: 3 })
  const steps = []
  for await (const batch of source) {
    steps.push(batch.step)
    if (steps.length === 5) break
  }
  expect(steps).toEqual([3, 4, 5, 6, 7])
  await expect(source.next()).rejects.toMatchObject({ code: 'aborted' })
})

test.each([
  [{ batch: 0 }, /batch: expected a whole number from 1 on, got 0/],
  [{ workers: 1.5 }, /workers/],
  [{ startStep: -1 }, /startStep/],
  [{ parameters: { sigmaMax255: -3 } }, /sigmaMax255/],
])('%o is refused', async (wrong, message) => {
  await expect(createPhotoBatches({ ...base, files, recipe: 'denoise', ...wrong })).rejects.toThrow(message)
})
