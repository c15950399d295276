import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openCatalog } from '../../../main/catalog/open.ts'
import { type Core, openCore } from '../../../main/core/core.ts'
import {
  exportModel,
  findModel,
  importModel,
  putModelAside,
  removeModel,
} from '../../../main/core/model-library.ts'
import { type ModelCard, readCard, saveModel, weightsPath } from '../../../main/models/card.ts'
import type { StoredTensors } from '../../../main/models/safetensors.ts'
import { zipOf } from '../../fixtures/zip.ts'

let folder: string
let core: Core
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-library-'))
  core = await openCore({ data: join(folder, 'data'), device: 'cpu' })
})
afterAll(async () => {
  await core.close()
  await rm(folder, { recursive: true })
})

/** A model folder of a dense network 2-1-2. */
async function modelFolder(id: string, changes: { value?: number; options?: object } = {}): Promise<string> {
  const { value = 1, options = { inputs: 2, hidden: [], code: 1 } } = changes
  const card: Omit<ModelCard, 'weights'> = {
    ...{ id, title: 'Tiny', task: 'reconstruct', architecture: { id: 'dense', options: { ...options } } },
    training: { data: 'none', licence: 'none', steps: 0, minutes: 0, seed: 0, settings: {} },
    ...{ metrics: {}, parent: null },
  }
  const tensors: StoredTensors = {
    'encoder.0.weight': { shape: [1, 2], data: Float32Array.of(value, 2) },
    'encoder.0.bias': { shape: [1], data: Float32Array.of(0) },
    'decoder.0.weight': { shape: [2, 1], data: Float32Array.of(3, 4) },
    'decoder.0.bias': { shape: [2], data: Float32Array.of(0, 0) },
  }
  const place = join(await mkdtemp(join(folder, 'made-')), id)
  await saveModel(place, card, tensors)
  return place
}

async function damage(model: string): Promise<void> {
  const bytes = await readFile(weightsPath(model))
  bytes[bytes.length - 1]! ^= 1
  await writeFile(weightsPath(model), bytes)
}

test('the bundled denoiser is known from the start, and stays', async () => {
  expect(findModel(core.catalog, 'denoiser')).toMatchObject({ isBundled: true, task: 'denoise' })
  await expect(removeModel(core.catalog, 'denoiser')).rejects.toMatchObject({ code: 'conflict' })
  expect(() => findModel(core.catalog, 'nobody')).toThrow(/no model 'nobody'; there are: .*denoiser/)
})

test('a model of the user keeps its id from one that comes with a later version, and that is said', async () => {
  const data = join(folder, 'earlier')
  await mkdir(data)
  const card = await readCard(await modelFolder('denoiser'))
  const own = { id: 'denoiser', sha256: card.weights.sha256, task: 'denoise', architecture: 'dense' }
  const before = openCatalog(join(data, 'catalog.db'))
  before.models.add({ ...own, folder: 'mine', card: {} })
  before.close()
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  try {
    const opened = await openCore({ data, device: 'cpu' })
    expect(findModel(opened.catalog, 'denoiser')).toMatchObject({ ...own, folder: 'mine', isBundled: false })
    expect(findModel(opened.catalog, 'restorer')).toMatchObject({ isBundled: true })
    await opened.close()
    expect(warn.mock.calls).toEqual([[expect.stringContaining("a model 'denoiser' of yours")]])
  } finally {
    warn.mockRestore()
  }
})

test('a model is imported, exported byte for byte, and removed', async () => {
  const source = await modelFolder('tiny')
  const model = await importModel(core, source)
  expect(model).toMatchObject({ id: 'tiny', isBundled: false, folder: join(folder, 'data/models/tiny') })
  expect(await importModel(core, source)).toEqual(model) // the same once more is no conflict

  const target = join(folder, 'out')
  const exported = await exportModel(core.catalog, 'tiny', target)
  const archive = join(folder, 'tiny.zip')
  const files = ['card.json', 'weights.safetensors']
  const members = files.map(async (name) => [`tiny/${name}`, await readFile(join(exported, name))] as const)
  await writeFile(archive, zipOf(Object.fromEntries(await Promise.all(members))))
  expect(await importModel(core, archive)).toEqual(model)
  const broken = await readFile(archive)
  broken[broken.indexOf('PK\x01\x02') - 1]! ^= 1 // the last of the weights, before the zip file's directory
  await writeFile(archive, broken)
  const told = {
    code: 'corrupt',
    message: expect.stringMatching(/ tiny\.zip.weights\.safetensors has SHA-256/),
  }
  await expect(importModel(core, archive)).rejects.toMatchObject(told)
  expect(await readFile(weightsPath(exported))).toEqual(await readFile(weightsPath(source)))
  expect(await readCard(exported)).toEqual(await readCard(source))
  expect(await readdir(target)).toEqual(['tiny'])
  await expect(exportModel(core.catalog, 'tiny', target)).rejects.toMatchObject({ code: 'conflict' })
  await expect(exportModel(core.catalog, 'nobody', target)).rejects.toMatchObject({ code: 'not-found' })

  await removeModel(core.catalog, 'tiny')
  expect(() => findModel(core.catalog, 'tiny')).toThrow(/no model 'tiny'/)
  expect(await readdir(join(folder, 'data/models'))).toEqual([])
  expect(await importModel(core, exported)).toMatchObject({ id: 'tiny', sha256: model.sha256 })
})

test('a model put aside comes back, also on a second try; what a killed process left of one goes', async () => {
  const model = await importModel(core, await modelFolder('aside', { value: 7 }))
  const models = join(folder, 'data/models')
  const { restore } = await putModelAside(core.catalog, 'aside')
  const left = ['.gone.1764172800000.5f1e.lock.removed', '.gone.1764172800000.removed']
  for (const name of left) await mkdir(join(models, name))
  await mkdir(join(models, 'my.removed'))
  await (await openCore({ data: join(folder, 'data'), device: 'cpu' })).close()
  const names = await readdir(models)
  expect(names).not.toEqual(expect.arrayContaining([expect.stringContaining('gone')]))
  expect(names).toContain('my.removed')
  expect(names.filter((name) => name.startsWith('.aside.'))).toHaveLength(1)

  const add = vi.spyOn(core.catalog.models, 'add').mockImplementationOnce(() => {
    throw new Error('busy')
  })
  await expect(restore()).rejects.toThrow('busy')
  add.mockRestore()
  await restore()
  expect(findModel(core.catalog, 'aside')).toMatchObject({ sha256: model.sha256, folder: model.folder })
  expect(await readCard(model.folder)).toMatchObject({ id: 'aside' })
})

test('other weights under an id that is taken are a conflict, and change nothing', async () => {
  const source = await modelFolder('taken')
  const first = await importModel(core, source)
  await expect(importModel(core, await modelFolder('taken', { value: 9 }))).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining("a model 'taken' with other weights"),
  })
  await damage(source) // read already, but not to be taken from memory
  await expect(importModel(core, source)).rejects.toMatchObject({ code: 'corrupt' })
  expect(findModel(core.catalog, 'taken')).toEqual(first)
})

test('damaged weights, foreign networks and folders without a card are refused before anything is copied', async () => {
  const damaged = await modelFolder('damaged')
  await damage(damaged)
  await expect(importModel(core, damaged)).rejects.toMatchObject({ code: 'corrupt' })

  const options = { inputs: 3, hidden: [], code: 1 }
  await expect(importModel(core, await modelFolder('misfit', { options }))).rejects.toMatchObject({
    code: 'corrupt',
    message: expect.stringMatching(/'encoder\.0\.weight' should be \[1,3\], but is \[1,2\]/),
  })
  const wrong = await modelFolder('wrong', { options: { inputs: 'many' } })
  await expect(importModel(core, wrong)).rejects.toMatchObject({ code: 'corrupt' })
  const foreign = await modelFolder('foreign')
  const card = await readCard(foreign)
  await writeFile(
    join(foreign, 'card.json'),
    JSON.stringify({ ...card, architecture: { id: 'gan', options: {} } }),
  )
  await expect(importModel(core, foreign)).rejects.toMatchObject({
    message: expect.stringContaining("'gan'"),
  })
  await mkdir(join(folder, 'empty'))
  await expect(importModel(core, join(folder, 'empty'))).rejects.toMatchObject({ code: 'not-found' })
  for (const id of ['damaged', 'misfit', 'wrong', 'foreign']) {
    expect(core.catalog.models.byId(id)).toBe(undefined)
    expect(await readdir(join(folder, 'data/models'))).not.toContain(id)
  }
})

test('a folder whose weights changed after import is refused when used again', async () => {
  const source = await modelFolder('later', { value: 5 })
  const model = await importModel(core, source)
  const other = await modelFolder('later', { value: 6 })
  await cp(other, model.folder, { recursive: true, force: true })
  const fresh = await openCore({ data: join(folder, 'data'), device: 'cpu' })
  try {
    await expect(
      fresh.inference.call('check', { folder: model.folder, sha256: model.sha256 }),
    ).rejects.toMatchObject({ code: 'corrupt' })
  } finally {
    await fresh.close()
  }
})
