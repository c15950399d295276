import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ModelCard, readCard, readWeights, saveModel, weightsPath } from '../../../main/models/card.ts'
import type { StoredTensors } from '../../../main/models/safetensors.ts'

let models: string
let folder: string
beforeEach(async () => {
  models = await mkdtemp(join(tmpdir(), 'hourglass-card-'))
  folder = join(models, 'tiny')
})
afterEach(() => rm(models, { recursive: true }))

const card: Omit<ModelCard, 'weights'> = {
  ...{ id: 'tiny', title: 'Tiny', task: 'reconstruct', architecture: { id: 'dense', options: { code: 2 } } },
  training: { data: 'none', licence: 'none', steps: 0, minutes: 0, seed: 0, settings: { batch: 4 } },
  ...{ metrics: { mse: 0.5 }, parent: { id: 'older', sha256: 'a'.repeat(64) } },
}
const tensors: StoredTensors = { w: { shape: [2, 2], data: Float32Array.of(1, 2, -0.5, 0.25) } }

test('a saved model is read back: its card as it was, its weights checked', async () => {
  const saved = await saveModel(folder, card, tensors)
  expect(saved).toMatchObject({ ...card, weights: { precision: 'float16' } })
  expect(await readCard(folder)).toEqual(saved)
  expect(await readWeights(folder, saved)).toEqual(tensors)
  expect((await readFile(weightsPath(folder))).length).toBe(saved.weights.bytes)
  expect(await readdir(models)).toEqual(['tiny'])
  expect(await readdir(folder)).toEqual(['card.json', 'weights.safetensors'])
})

test('one changed byte of the weights is noticed', async () => {
  const saved = await saveModel(folder, card, tensors)
  const bytes = await readFile(weightsPath(folder))
  bytes[bytes.length - 1]! ^= 1
  await writeFile(weightsPath(folder), bytes)
  await expect(readWeights(folder, saved)).rejects.toMatchObject({
    code: 'corrupt',
    message: expect.stringMatching(/model tiny: .* has SHA-256 .*, its card says/),
  })
  await rm(weightsPath(folder))
  await expect(readWeights(folder, saved)).rejects.toMatchObject({ code: 'not-found' })
})

test('an id is never written twice', async () => {
  const first = await saveModel(folder, card, tensors)
  const other = { w: { shape: [1], data: Float32Array.of(9) } }
  await expect(saveModel(folder, card, other)).rejects.toMatchObject({ code: 'conflict' })
  expect(await readCard(folder)).toEqual(first)
  expect(await readdir(models)).toEqual(['tiny'])
})

test('a card that cannot be trusted is refused, naming what is wrong', async () => {
  await expect(readCard(folder)).rejects.toMatchObject({ code: 'not-found' })
  await mkdir(folder)
  const refuses = async (text: string, message: RegExp) => {
    await writeFile(join(folder, 'card.json'), text)
    await expect(readCard(folder)).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringMatching(message),
    })
  }
  await refuses('{', /card\.json is no JSON/)
  await refuses('[]', /card\.json/)
  const weights = { file: 'weights.safetensors', precision: 'float16', sha256: 'b'.repeat(64), bytes: 8 }
  const full = { ...card, weights }
  await refuses(JSON.stringify({ ...full, id: '../escape' }), /id: letters, digits/)
  await refuses(JSON.stringify({ ...full, weights: { ...weights, file: '/etc/passwd' } }), /weights\.file/)
  await refuses(JSON.stringify({ ...full, weights: { ...weights, sha256: 'short' } }), /weights\.sha256/)
  await refuses(JSON.stringify({ ...full, training: undefined }), /training/)
})
