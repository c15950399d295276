import { type ModelEntry, modelsArea } from '../../shared/contract/models.ts'
import type { Model } from '../catalog/models.ts'
import { exportModel, findModel, importModel, putModelAside } from '../core/model-library.ts'
import { modelCard } from '../models/card.ts'
import { areaRouter } from './area.ts'

function entryOf({ id, sha256, folder, isBundled, parentId, addedAtMs, ...model }: Model): ModelEntry {
  const { title, task, architecture, weights, training, metrics } = modelCard.parse(model.card)
  const { bytes, precision } = weights
  return {
    ...{ id, title, task, architecture: architecture.id, options: architecture.options },
    ...{ sha256, bytes, precision, isBundled, parent: parentId, addedAtMs, folder, training, metrics },
  }
}

export const models = areaRouter(modelsArea, {
  list: (_, { core }) => core.catalog.models.list().map(entryOf),

  async import({ path }, { core, access, modelsChanged }) {
    const before = core.catalog.models.list().length
    const { id } = await importModel(core, await access.check(path))
    modelsChanged.publish()
    return { id, isNew: core.catalog.models.list().length > before }
  },

  export: async ({ id, folder }, { core, access }) => ({
    folder: await exportModel(core.catalog, id, await access.check(folder)),
  }),

  async remove({ id }, { core, undo, modelsChanged }) {
    const aside = await putModelAside(core.catalog, id)
    modelsChanged.publish()
    const restore = async () => {
      await aside.restore()
      modelsChanged.publish()
    }
    return undo.add(`Removed the model ${id}`, restore, aside.discard)
  },

  async reveal({ id }, { core, host }) {
    await host.reveal(findModel(core.catalog, id).folder)
    return null
  },

  async *changes(_, { core, modelsChanged }, signal) {
    yield { models: core.catalog.models.list().length }
    for await (const _change of modelsChanged.values(signal)) {
      yield { models: core.catalog.models.list().length }
    }
  },
})
