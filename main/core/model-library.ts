import { cp, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { AppError, toAppError } from '../../shared/errors.ts'
import type { Json } from '../catalog/json.ts'
import type { Model } from '../catalog/models.ts'
import type { Catalog } from '../catalog/open.ts'
import { unpackModel } from '../models/archive.ts'
import { type ModelCard, readCard } from '../models/card.ts'
import { projectRoot } from '../platform/folders.ts'
import type { Core } from './core.ts'
import type { ModelRef } from './engine-tasks.ts'

const bundledFolder = join(projectRoot, 'assets', 'models')

/** of the names of models' folders that were put aside */
const asideEnd = '.removed'

export function modelsFolder(data: string): string {
  return join(data, 'models')
}

/**
 * Makes the models that ship with the application known; a newer version of one replaces the older row. One whose id
 * a model of the user's has is left out.
 */
export async function addBundledModels(catalog: Catalog): Promise<void> {
  for (const name of await readdir(bundledFolder)) {
    const folder = join(bundledFolder, name)
    const card = await readCard(folder)
    const known = catalog.models.byId(card.id)
    if (known?.sha256 === card.weights.sha256 && known.folder === folder) continue
    if (known && !known.isBundled && known.sha256 !== card.weights.sha256) {
      const left = `the one that comes with this version is left out; remove yours to have that one`
      console.warn(`hourglass: there is a model '${card.id}' of yours: ${left}`)
      continue
    }
    if (known?.isBundled) catalog.models.remove(card.id)
    addToCatalog(catalog, card, folder, true)
  }
}

export function addToCatalog(catalog: Catalog, card: ModelCard, folder: string, isBundled = false): Model {
  return catalog.models.add({
    id: card.id,
    sha256: card.weights.sha256,
    task: card.task,
    architecture: card.architecture.id,
    folder,
    card: card as unknown as Json,
    isBundled,
    ...(card.parent ? { parentId: card.parent.id } : {}),
  })
}

/** @throws AppError `not-found` naming the models there are */
export function findModel(catalog: Catalog, id: string): Model {
  const model = catalog.models.byId(id)
  if (model) return model
  const known = catalog.models.list().map((each) => each.id)
  throw new AppError('not-found', `no model '${id}'; there are: ${known.join(', ') || 'none'}`)
}

export function refOf(model: Model): ModelRef {
  return { folder: model.folder, sha256: model.sha256 }
}

/**
 * Copies a model in, from its folder or a zip file of that, after its weights were checked against its card and its
 * architecture.
 * @throws AppError `corrupt` or `unsupported` (what is wrong with it), `conflict` (the id is taken)
 */
export async function importModel(core: Core, source: string): Promise<Model> {
  if (!/\.zip$/i.test(source)) return importFolder(core, source)
  const parent = modelsFolder(core.folder)
  await mkdir(parent, { recursive: true })
  const unpacked = await mkdtemp(join(parent, '.unpacked-'))
  try {
    await unpackModel(resolve(source), unpacked)
    return await importFolder(core, unpacked)
  } catch (error) {
    throw withoutFolder(error, unpacked, basename(source))
  } finally {
    await rm(unpacked, { recursive: true, force: true })
  }
}

/** An error about files of a folder that nobody knows, because it goes: told by the name of what they came from. */
export function withoutFolder(error: unknown, folder: string, name: string): AppError {
  const { code, message, cause } = toAppError(error)
  return new AppError(code, message.replaceAll(folder, name), { cause })
}

async function importFolder({ catalog, folder: data, inference }: Core, source: string): Promise<Model> {
  const card = await readCard(resolve(source))
  await inference.call('check', { folder: resolve(source), sha256: card.weights.sha256 })
  const known = catalog.models.byId(card.id)
  if (known) {
    if (known.sha256 === card.weights.sha256) return known
    throw new AppError(
      'conflict',
      `there is a model '${card.id}' with other weights; change the id in the card first`,
    )
  }
  const folder = join(modelsFolder(data), card.id)
  await copyFolder(source, folder)
  return addToCatalog(catalog, card, folder)
}

/** Copies a model's folder to `target/<id>`. @throws AppError `conflict` when it exists */
export async function exportModel(catalog: Catalog, id: string, target: string): Promise<string> {
  const model = findModel(catalog, id)
  const folder = join(resolve(target), model.id)
  await copyFolder(model.folder, folder)
  return folder
}

/** Removes a model and its folder. @throws AppError `conflict` for a bundled one */
export async function removeModel(catalog: Catalog, id: string): Promise<void> {
  const model = findModel(catalog, id)
  if (model.isBundled) throw new AppError('conflict', `model '${id}' belongs to the application and stays`)
  catalog.models.remove(id)
  await rm(model.folder, { recursive: true, force: true })
}

/**
 * Takes a model out of the catalog and hides its folder, so that both can come back.
 * @throws AppError `conflict` for a bundled one
 */
export async function putModelAside(catalog: Catalog, id: string): Promise<ModelAside> {
  const model = findModel(catalog, id)
  if (model.isBundled) throw new AppError('conflict', `model '${id}' belongs to the application and stays`)
  const name = `.${basename(model.folder)}.${Date.now()}.${catalog.owner()}${asideEnd}`
  const hidden = join(dirname(model.folder), name)
  await rename(model.folder, hidden)
  catalog.models.remove(id)
  return {
    async restore() {
      const card = await readCard(hidden)
      await rename(hidden, model.folder)
      try {
        addToCatalog(catalog, card, model.folder)
      } catch (error) {
        await rename(model.folder, hidden)
        throw error
      }
    },
    discard: () => rm(hidden, { recursive: true, force: true }),
  }
}

export interface ModelAside {
  restore(): Promise<void>
  discard(): Promise<void>
}

/** Removes what processes had put aside that are no more: nobody can take it back. */
export async function removePutAside(catalog: Catalog, data: string): Promise<void> {
  const folder = modelsFolder(data)
  const names = (await readdir(folder).catch(() => [])).filter(isPutAside)
  const owners = names.length > 0 ? catalog.livingOwners() : []
  const left = names.filter((name) => !owners.some((owner) => name.endsWith(`.${owner}${asideEnd}`)))
  for (const name of left) await rm(join(folder, name), { recursive: true, force: true }).catch(() => {})
}

/** No id of a model begins with a dot. */
function isPutAside(name: string): boolean {
  return name.startsWith('.') && name.endsWith(asideEnd)
}

async function copyFolder(source: string, target: string): Promise<void> {
  const part = `${target}.${process.pid}.part`
  try {
    await mkdir(resolve(target, '..'), { recursive: true })
    for (const name of ['card.json', 'weights.safetensors']) await cp(join(source, name), join(part, name))
    await rename(part, target)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOTEMPTY' || code === 'EEXIST') throw new AppError('conflict', `${target} exists already`)
    throw new AppError('unreadable', `the model could not be copied to ${target} (${message})`, {
      cause: error,
    })
  } finally {
    await rm(part, { recursive: true, force: true })
  }
}
