import { expect, test } from 'vitest'
import { catalogAt } from './helpers.ts'
import { photo } from './photo.ts'

function library() {
  const catalog = catalogAt()
  catalog.images.addMany([photo('/p/a.jpg', 'a'), photo('/p/b.jpg', 'b'), photo('/p/copy.jpg', 'a')])
  const { id } = catalog.datasets.create({ name: 'set' })
  catalog.datasets.addImages(id, [1, 2])
  catalog.images.setReference(2, 1)
  return { catalog, dataset: id }
}

test('images come back as they were: ids, locations, datasets, references', () => {
  const { catalog, dataset } = library()
  const before = [catalog.images.byId(1), catalog.images.locations(1), catalog.datasets.byId(dataset)]
  const taken = catalog.bin.takeImages([1])
  expect(catalog.images.byId(1)).toBeUndefined()
  expect(catalog.images.referenceOf(2)).toBeNull()
  catalog.bin.putBack(taken)
  expect([catalog.images.byId(1), catalog.images.locations(1), catalog.datasets.byId(dataset)]).toEqual(
    before,
  )
  expect(catalog.images.referenceOf(2)).toBe(1)
  expect(catalog.browse.search('copy')).toHaveLength(1)
})

test('what was imported again meanwhile wins, and rows without a parent stay out', () => {
  const { catalog, dataset } = library()
  const images = catalog.bin.takeImages([1])
  const set = catalog.bin.takeDataset(dataset)
  const again = catalog.images.add(photo('/p/a.jpg', 'a'))
  catalog.bin.putBack(images)
  expect(catalog.images.byHash(photo('/p/a.jpg', 'a').sha256)?.id).toBe(again.id)
  catalog.bin.putBack(set)
  expect(catalog.datasets.images(dataset).map(({ id }) => id)).toEqual([2])
})

test('jobs come back with their items; running ones are not taken', () => {
  const { catalog } = library()
  const job = catalog.jobs.add({ kind: 'k', input: {}, items: ['a', 'b'] })
  const running = catalog.jobs.claim(catalog.jobs.add({ kind: 'k', input: {} }).id)
  const taken = catalog.bin.takeJobs([job.id, running.id])
  expect(catalog.jobs.byId(job.id)).toBeUndefined()
  expect(catalog.jobs.byId(running.id)?.status).toBe('running')
  catalog.bin.putBack(taken)
  expect(catalog.jobs.items.list(job.id).map(({ input }) => input)).toEqual(['a', 'b'])
})

test('a reference has the size of its image', () => {
  const { catalog } = library()
  catalog.images.add(photo('/p/c.jpg', 'c', { width: 61 }))
  expect(() => catalog.images.setReference(1, 3)).toThrow('same size')
  expect(() => catalog.images.setReference(1, 1)).toThrow('another image')
  expect(() => catalog.images.setReference(1, 99)).toThrow('no image 99')
})
