import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { photoDataset } from '../../../../main/training/data/photo-dataset.ts'
import { temporaryFolder } from './photos.ts'

const root = temporaryFolder()
const folder = join(root, 'photos')
const list = join(root, 'validation.txt')

beforeAll(() => {
  mkdirSync(join(folder, 'deep/er'), { recursive: true })
  for (let i = 0; i < 200; i++) writeFileSync(join(folder, `p${i}.jpg`), '')
  writeFileSync(join(folder, 'deep/er/b.PNG'), '')
  writeFileSync(join(folder, 'deep/c.webp'), '')
  writeFileSync(join(folder, 'notes.txt'), '')
  writeFileSync(list, 'p7.jpg\r\n\np11.jpg\ndeep/er/b.PNG\nc.webp\nabsent.jpg\n')
})
afterAll(() => rmSync(root, { recursive: true }))

describe('a list', () => {
  test('names what is held out, by file name or by path in the folder', async () => {
    const dataset = await photoDataset([folder], { validationList: list, seed: 1 })
    expect(dataset.validation).toEqual(
      ['deep/c.webp', 'deep/er/b.PNG', 'p11.jpg', 'p7.jpg'].map((name) => join(folder, name)),
    )
    expect(dataset.train).toHaveLength(198)
    expect(dataset.train).not.toContain(join(folder, 'notes.txt'))
    expect(dataset.missing).toEqual(['absent.jpg'])
  })

  test('that does not exist is refused', async () => {
    const options = { validationList: join(root, 'none.txt'), seed: 1 }
    await expect(photoDataset([folder], options)).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('a share', () => {
  const names = (paths: readonly string[]) => paths.map((path) => basename(path))

  test('is split by the hash of the name and the seed, wherever the folder is', async () => {
    const copy = join(root, 'copy')
    cpSync(folder, copy, { recursive: true })
    const options = { validationShare: 0.2, seed: 5 }
    const here = await photoDataset([folder], options)
    const there = await photoDataset([copy], options)
    expect(names(there.validation)).toEqual(names(here.validation))
    expect(here.train.length + here.validation.length).toBe(202)
    expect(here.validation.length).toBeGreaterThan(20)
    expect(here.validation.length).toBeLessThan(60)
    const other = await photoDataset([folder], { ...options, seed: 6 })
    expect(names(other.validation)).not.toEqual(names(here.validation))
    expect([...here.train]).toEqual([...here.train].sort())
    rmSync(copy, { recursive: true })
  })

  test('keeps every photo on its side when others are added', async () => {
    const options = { validationShare: 0.2, seed: 5 }
    const before = await photoDataset([folder], options)
    const added = Array.from({ length: 30 }, (_, i) => join(folder, `added${i}.jpg`))
    for (const path of added) writeFileSync(path, '')
    const after = await photoDataset([folder], options)
    for (const path of added) rmSync(path)
    expect(after.validation.filter((path) => !added.includes(path))).toEqual(before.validation)
  })

  test('holds out one of two photos however small it is, none when it is 0, and always leaves one to train on', async () => {
    const two = [join(folder, 'p1.jpg'), join(folder, 'p2.jpg')]
    const sizes = async (share: number, paths = two) => {
      const { train, validation } = await photoDataset(paths, { validationShare: share, seed: 1 })
      return [train.length, validation.length]
    }
    expect(await sizes(0.001)).toEqual([1, 1])
    expect(await sizes(0)).toEqual([2, 0])
    expect(await sizes(0.999)).toEqual([1, 1])
    expect(await sizes(0.5, [two[0]])).toEqual([1, 0])
  })
})

test('photos of the same name in two folders are both there', async () => {
  const other = join(root, 'other')
  mkdirSync(other)
  writeFileSync(join(other, 'p1.jpg'), '')
  const dataset = await photoDataset([folder, other, join(other, 'p1.jpg')], { validationShare: 0, seed: 1 })
  expect(dataset.train).toHaveLength(203)
  rmSync(other, { recursive: true })
})

test('paths that do not exist, folders without photos and shares out of range are refused', async () => {
  const none = join(root, 'none')
  await expect(photoDataset([none], { seed: 1 })).rejects.toMatchObject({
    code: 'not-found',
    message: expect.stringContaining(none),
  })
  await expect(photoDataset([root], { validationShare: 1, seed: 1 })).rejects.toThrow(/below 1, got 1/)
  await expect(photoDataset([], { seed: 1 })).rejects.toMatchObject({ code: 'bad-input' })
})
