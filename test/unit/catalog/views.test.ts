import { expect, test } from 'vitest'
import type { ViewRequest } from '../../../main/catalog/views.ts'
import { catalogAt } from './helpers.ts'
import { photo } from './photo.ts'

const all: ViewRequest = { search: '', formats: [], order: 'name', descending: false }

function library() {
  const catalog = catalogAt()
  catalog.images.addMany([
    photo('/p/lake.jpg', 'a', { exif: { camera: 'Kiev 4', iso: 200, takenAtMs: 3000 } }),
    photo('/p/Été/dunes.png', 'b', { format: 'png', exif: { camera: 'Zorki', iso: 3200, takenAtMs: 1000 } }),
    photo('/p/canyon.jpg', 'c', { exif: { camera: 'Zorki', takenAtMs: 2000 } }),
  ])
  const names = (more: Partial<ViewRequest>) =>
    catalog.views.rows(catalog.views.ids({ ...all, ...more })).map(({ name }) => name)
  return { catalog, names }
}

test('filters hold together, in the order asked for, and the count agrees', () => {
  const { catalog, names } = library()
  expect(names({})).toEqual(['canyon.jpg', 'dunes.png', 'lake.jpg'])
  expect(names({ order: 'taken', descending: true })).toEqual(['lake.jpg', 'canyon.jpg', 'dunes.png'])
  expect(names({ camera: 'Zorki' })).toEqual(['canyon.jpg', 'dunes.png'])
  expect(names({ camera: 'Zorki', formats: ['jpeg'] })).toEqual(['canyon.jpg'])
  expect(names({ isoFrom: 100, isoTo: 400 })).toEqual(['lake.jpg'])
  expect(names({ takenFromMs: 1500, takenToMs: 2500 })).toEqual(['canyon.jpg'])
  expect(names({ search: 'ete du' })).toEqual(['dunes.png'])
  expect(names({ search: '%' })).toEqual([])
  expect(catalog.views.count({ ...all, formats: ['jpeg'] })).toBe(2)
})

test('a collection is a view, and facets count', () => {
  const { catalog, names } = library()
  const { id } = catalog.datasets.create({ name: 'deserts' })
  catalog.datasets.addImages(id, [2, 3])
  expect(names({ collection: id })).toEqual(['canyon.jpg', 'dunes.png'])
  expect(catalog.views.cameras()).toEqual([
    { value: 'Zorki', count: 2 },
    { value: 'Kiev 4', count: 1 },
  ])
  expect(catalog.views.formats()[0]).toEqual({ value: 'jpeg', count: 2 })
  expect(catalog.views.rows([3, 99, 1]).map(({ id }) => id)).toEqual([3, 1])
  expect(catalog.views.paths([3, 99, 1])).toEqual(['/p/canyon.jpg', '/p/lake.jpg'])
})
