import { expect, test } from 'vitest'
import { splitOf } from '../../../main/catalog/datasets.ts'
import { catalogAt } from './helpers.ts'
import { photo, sha256 } from './photo.ts'

test('the split follows the content and the seed alone, and has the share that was asked for', () => {
  const hashes = Array.from({ length: 4000 }, (_, n) => sha256(String(n)))
  const validation = hashes.filter((hash) => splitOf(hash, 1, 0.1) === 'validation')
  expect(validation.length / hashes.length).toBeCloseTo(0.1, 1)
  // a larger share keeps what was in the smaller one
  expect(validation.every((hash) => splitOf(hash, 1, 0.2) === 'validation')).toBe(true)
  const other = hashes.filter((hash) => splitOf(hash, 2, 0.1) === 'validation')
  expect(other).not.toEqual(validation)
  // golden: python3 -c "import hashlib; h = hashlib.sha256(b'7:' + b'a' * 64); print(int(h.hexdigest()[:12], 16) / 2**48)"
  expect(splitOf('a'.repeat(64), 7, 0.502)).toBe('validation')
  expect(splitOf('a'.repeat(64), 7, 0.5018)).toBe('train')
  expect(hashes.every((hash) => splitOf(hash, 1, 0) === 'train')).toBe(true)
})

test('holds images on two sides, in pages', () => {
  const { images, datasets } = catalogAt()
  const ids = images.addMany(Array.from({ length: 60 }, (_, n) => photo(`/${n}.jpg`))).map(({ id }) => id)
  const { id } = datasets.create({ name: 'Holiday', validationShare: 0.3, seed: 4 })
  expect(datasets.addImages(id, ids)).toBe(60)
  expect(datasets.addImages(id, ids)).toBe(0)
  const { trainCount, validationCount } = datasets.byName('holiday')!
  expect(trainCount + validationCount).toBe(60)
  expect(validationCount).toBeGreaterThan(5)
  const validation = datasets.images(id, { split: 'validation' })
  expect(validation).toHaveLength(validationCount)
  expect(validation.every(({ sha256 }) => splitOf(sha256, 4, 0.3) === 'validation')).toBe(true)
  const first = datasets.images(id, { limit: 25 })
  const rest = datasets.images(id, { after: first.at(-1)!.id })
  expect([...first, ...rest].map((image) => image.id)).toEqual(ids)
})

test('removes images from the dataset only, and the dataset with its memberships only', () => {
  const { images, datasets } = catalogAt()
  const ids = images.addMany([photo('/a.jpg'), photo('/b.jpg')]).map(({ id }) => id)
  const { id } = datasets.create({ name: 'both' })
  datasets.addImages(id, ids)
  expect(datasets.removeImages(id, [ids[0], 999])).toBe(1)
  expect(datasets.images(id).map(({ path }) => path)).toEqual(['/b.jpg'])
  images.remove(ids[1])
  expect(datasets.images(id)).toEqual([])
  expect(datasets.remove(id)).toBe(true)
  expect(datasets.list()).toEqual([])
  expect(images.count()).toBe(1)
})

test('an image edited in place stays on its side', () => {
  const { images, datasets } = catalogAt()
  const { id } = datasets.create({ name: 'one', validationShare: 0.5 })
  const train = Array.from({ length: 20 }, (_, n) => `v${n}`)
  const before = train.find((content) => splitOf(sha256(content), 0, 0.5) === 'validation')!
  const after = train.find((content) => splitOf(sha256(content), 0, 0.5) === 'train')!
  datasets.addImages(id, [images.add(photo('/a.jpg', before)).id])
  images.add(photo('/a.jpg', after))
  expect(datasets.images(id, { split: 'validation' }).map((image) => image.sha256)).toEqual([sha256(after)])
})

test('says what is wrong', () => {
  const { datasets } = catalogAt()
  const { id } = datasets.create({ name: 'a' })
  expect(() => datasets.create({ name: 'A' })).toThrow('dataset named A already')
  expect(() => datasets.create({ name: '' })).toThrow('refuses a value')
  expect(() => datasets.create({ name: 'b', validationShare: 1 })).toThrow('refuses a value')
  expect(() => datasets.addImages(id, [5])).toThrow('no image 5 to put into a')
  expect(() => datasets.addImages(77, [])).toThrow('no dataset 77')
})
