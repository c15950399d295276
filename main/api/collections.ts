import { type Collection, collectionsArea, filesArea, undoArea } from '../../shared/contract/library.ts'
import { AppError } from '../../shared/errors.ts'
import type { Dataset } from '../catalog/datasets.ts'
import type { Catalog } from '../catalog/open.ts'
import { browseFolder, rootsOf } from '../core/library/browse-folders.ts'
import { areaRouter } from './area.ts'

function collectionOf({ id, name, createdAtMs, trainCount, validationCount }: Dataset): Collection {
  return { id, name, createdAtMs, trainCount, validationCount, count: trainCount + validationCount }
}

function find(catalog: Catalog, id: number): Dataset {
  const found = catalog.datasets.byId(id)
  if (!found) throw new AppError('not-found', `there is no collection ${id}`)
  return found
}

export const collections = areaRouter(collectionsArea, {
  list: (_, { core }) => core.catalog.datasets.list().map(collectionOf),

  create({ name, ids }, { core: { catalog }, libraryChanged }) {
    const { id } = catalog.datasets.create({ name })
    catalog.datasets.addImages(id, ids)
    libraryChanged.publish()
    return collectionOf(find(catalog, id))
  },

  rename({ id, name }, { core: { catalog }, libraryChanged, undo }) {
    const before = find(catalog, id).name
    const collection = collectionOf(catalog.datasets.rename(id, name))
    libraryChanged.publish()
    const step = undo.add(`Renamed the collection ${before} to ${name}`, () => {
      catalog.datasets.rename(id, before)
      libraryChanged.publish()
    })
    return { ...step, collection }
  },

  add({ id, ids }, { core: { catalog }, libraryChanged }) {
    const added = catalog.datasets.addImages(id, ids)
    libraryChanged.publish()
    return { added }
  },

  take({ id, ids }, { core: { catalog }, libraryChanged, undo }) {
    const { name } = find(catalog, id)
    const taken = catalog.bin.takeFromDataset(id, ids)
    const removed = taken.reduce((sum, { rows }) => sum + rows.length, 0)
    libraryChanged.publish()
    const step = undo.add(`Took ${removed} photo${removed === 1 ? '' : 's'} out of ${name}`, () => {
      catalog.bin.putBack(taken)
      libraryChanged.publish()
    })
    return { ...step, removed }
  },

  remove({ id }, { core: { catalog }, libraryChanged, undo }) {
    const { name } = find(catalog, id)
    const taken = catalog.bin.takeDataset(id)
    libraryChanged.publish()
    return undo.add(`Removed the collection ${name}`, () => {
      catalog.bin.putBack(taken)
      libraryChanged.publish()
    })
  },
})

export const undo = areaRouter(undoArea, {
  restore: ({ undo: step }, app) => app.undo.restore(step),
})

export const files = areaRouter(filesArea, {
  roots: (_, { access }) => rootsOf(access),
  browse: ({ path }, { access }) => browseFolder(access, path),
})
