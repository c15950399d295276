import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type NamedTensors, tf } from '../../../main/engine/tensorflow.ts'
import type { ParameterSpec } from '../../../main/models/layers/parameters.ts'
import { writeSafetensors } from '../../../main/models/safetensors.ts'
import {
  loadCheckpoint,
  type RunState,
  remembered,
  removeLeftovers,
  saveCheckpoint,
} from '../../../main/training/checkpoint.ts'
import { freshState } from '../../../main/training/loop.ts'
import { checkpointPath } from '../../../main/training/paths.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-checkpoint-'))
})
afterEach(() => rm(folder, { recursive: true }))

const spec = { name: 'w', shape: [2], layout: 'plain' } as unknown as ParameterSpec
const state: RunState = {
  ...freshState(3),
  ...{ step: 12, updates: 11, skipped: 1, elapsedMs: 1234.5, runningLoss: 0.1 + 0.2, runningNorm: 1 / 3 },
  ...{ lossSum: 2 / 3, lossCount: 4, recent: [{ name: 'loss/training', step: 12, value: Number.NaN }] },
  stopping: {
    ...{ validationsSinceBest: 2, warned: true },
    best: { step: 0, validationLoss: 1 / 7, trainingLoss: Number.NaN },
  },
}
const tensors = {
  parameters: { w: tf.tensor1d([1 / 3, -0]) },
  average: { w: tf.tensor1d([1e-38, 3e38]) },
  optimizer: { 'w/mean': tf.tensor1d([5]), 'w/square': tf.tensor2d([6, 7], [2, 1]) },
}

test('a checkpoint holds state and tensors to the last bit', async () => {
  await saveCheckpoint(folder, state, tensors)
  const before = tf.memory().numTensors
  const loaded = await loadCheckpoint(folder, [spec])
  expect(loaded.state).toEqual(state)
  for (const group of ['parameters', 'average', 'optimizer'] as const) {
    const expected: NamedTensors = tensors[group]
    expect(Object.keys(loaded.tensors[group])).toEqual(Object.keys(expected))
    for (const [name, tensor] of Object.entries(loaded.tensors[group])) {
      expect(tensor.shape).toEqual(expected[name]!.shape)
      expect(tensor.dataSync()).toEqual(expected[name]!.dataSync())
    }
    tf.dispose(loaded.tensors[group])
  }
  expect(tf.memory().numTensors).toBe(before)
})

test('one of before the running norm and recent points were kept still loads', async () => {
  const { runningNorm: _, recent: __, ...older } = state
  await saveCheckpoint(folder, older as RunState, tensors)
  const loaded = await loadCheckpoint(folder, [])
  expect(loaded.state).toMatchObject({ runningNorm: null, recent: [] })
  tf.dispose([loaded.tensors.parameters, loaded.tensors.average, loaded.tensors.optimizer])
})

test('missing, cut, foreign and mismatched checkpoints are refused', async () => {
  const refused = (code: string, message: RegExp, specs = [spec]) =>
    expect(loadCheckpoint(folder, specs)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
  await refused('not-found', /checkpoint\.safetensors/)
  await saveCheckpoint(folder, state, tensors)
  await refused('corrupt', /lacks the weight 'v'/, [spec, { ...spec, name: 'v' }])
  const path = checkpointPath(folder)
  await writeFile(path, (await readFile(path)).subarray(0, -1))
  await refused('corrupt', /not a safetensors file/)
  for (const text of ['{', '{"step": 3}', JSON.stringify({ ...state, step: -1 })]) {
    await writeSafetensors(path, { tensors: {}, metadata: { state: text } })
    await refused('corrupt', /holds no run state/)
  }
  await writeSafetensors(path, { tensors: {}, metadata: {} })
  await refused('corrupt', /holds no run state/)
})

test('the latest points of the curves are remembered, not all', () => {
  const point = (step: number) => ({ name: 'loss/training', step, value: step / 3 })
  let recent: RunState['recent'] = []
  for (let step = 1; step <= 1500; step++) recent = remembered(recent, [point(step)])
  expect(recent).toEqual(Array.from({ length: 1000 }, (_, i) => point(501 + i)))
})

test('what a kill left of a write is removed, and nothing else', async () => {
  const kept = ['best.safetensors', 'checkpoint.safetensors', 'events.out.tfevents.123', 'run.json']
  for (const name of [...kept, 'checkpoint.safetensors.3141592653', 'best.safetensors.7']) {
    await writeFile(join(folder, name), '')
  }
  await removeLeftovers(folder)
  expect((await readdir(folder)).sort()).toEqual(kept)
  await removeLeftovers(join(folder, 'missing'))
})
