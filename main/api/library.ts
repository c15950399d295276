import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { libraryArea } from '../../shared/contract/library.ts'
import { AppError } from '../../shared/errors.ts'
import { importImages } from '../core/import.ts'
import { importFiles } from '../core/library/import-files.ts'
import { detailsOf, rowOf } from '../core/library/rows.ts'
import { projectRoot } from '../platform/folders.ts'
import { areaRouter } from './area.ts'

const isThere = (path: string) =>
  lstat(path).then(
    () => true,
    () => false,
  )

/** States that come quicker than this are told together. */
const pauseMs = 250

export const library = areaRouter(libraryArea, {
  count: (view, { core }) => ({ count: core.catalog.views.count(view) }),

  page({ view, offset, limit }, { core }) {
    const ids = core.catalog.views.ids(view)
    const rows = core.catalog.views.rows(ids.slice(offset, offset + limit)).map(rowOf)
    return { count: ids.length, rows }
  },

  rows: ({ ids }, { core }) => core.catalog.views.rows(ids).map(rowOf),

  facets: (_, { core }) => ({
    total: core.catalog.images.count(),
    formats: core.catalog.views.formats(),
    cameras: core.catalog.views.cameras(),
  }),

  async details({ id }, { core, pictures }) {
    await pictures.find(id) // a link may lead elsewhere
    return detailsOf(core.catalog, id)
  },

  async *import(request, app, signal) {
    try {
      yield* importFiles(app, request, signal)
    } finally {
      app.libraryChanged.publish() // also of what was imported until it was stopped
    }
  },

  async importSamples(_, { core, libraryChanged }) {
    const folder = join(projectRoot, 'assets', 'samples')
    const { ids } = await importImages(core, [folder], { dataset: 'Samples' })
    libraryChanged.publish()
    return { ids: [...ids] }
  },

  remove({ ids }, { core, undo, libraryChanged }) {
    const taken = core.catalog.bin.takeImages(ids)
    const count = taken.find(({ table }) => table === 'images')!.rows.length
    libraryChanged.publish()
    const label = `Removed ${count} photo${count === 1 ? '' : 's'} from the library`
    const step = undo.add(label, () => {
      core.catalog.bin.putBack(taken)
      libraryChanged.publish()
    })
    return { ...step, count }
  },

  async trash({ ids }, { core, host, access, libraryChanged }) {
    let count = 0
    try {
      for (const { id } of core.catalog.views.rows(ids)) {
        for (const { path } of core.catalog.images.locations(id)) {
          await access.check(path)
          if (await isThere(path)) await host.trash(path) // a link itself, not the file it leads to
          core.catalog.images.forget(path)
        }
        count++
      }
    } finally {
      libraryChanged.publish()
    }
    return { count }
  },

  async reveal({ id }, { pictures, host }) {
    await host.reveal((await pictures.find(id)).path)
    return null
  },

  setReference({ id, reference }, { core, libraryChanged }) {
    if (!core.catalog.images.byId(id)) throw new AppError('not-found', `the library has no image ${id}`)
    core.catalog.images.setReference(id, reference)
    libraryChanged.publish()
    return null
  },

  async *changes(_, { core, libraryChanged }, signal) {
    yield { images: core.catalog.images.count() }
    for await (const _change of libraryChanged.latest(signal, pauseMs)) {
      yield { images: core.catalog.images.count() }
    }
  },
})
