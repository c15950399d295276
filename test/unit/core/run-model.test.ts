import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Run } from '../../../main/catalog/runs.ts'
import { type Core, openCore } from '../../../main/core/core.ts'
import { planRun } from '../../../main/core/plan-run.ts'
import { checkFreeId, keepBest } from '../../../main/core/run-model.ts'
import { resumeRun, startRun, type TrainRequest } from '../../../main/core/train.ts'
import { readWeights } from '../../../main/models/card.ts'
import { writeSafetensors } from '../../../main/models/safetensors.ts'
import { bestWeightsPath } from '../../../main/training/paths.ts'
import type { TrainOutput } from '../../../main/training/run.ts'
import { writeBlots } from '../training/blots.ts'

let folder: string
let core: Core
let images: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-run-model-'))
  core = await openCore({ data: folder, device: 'cpu' })
  images = await writeBlots(join(folder, 'blots'), 8)
})
afterAll(async () => {
  await core.close()
  await rm(folder, { recursive: true })
})

function plan(id: string): Promise<TrainRequest> {
  const given = { trainingCount: 4, batch: 4, hidden: [], code: 1 }
  return planRun({
    ...{ architecture: 'dense', images: [images], length: { steps: 1 }, given, parent: null, id },
    licenceNote: 'none',
  })
}

test('a name that cannot become a model is refused before anything is trained', async () => {
  await expect(checkFreeId(core, 'fresh')).resolves.toBe(undefined)
  for (const id of ['', '../escape', 'my model', '.hidden']) {
    await expect(startRun(core, await plan(id))).rejects.toMatchObject({ code: 'bad-input' })
  }
  await expect(startRun(core, await plan('denoiser'))).rejects.toMatchObject({
    code: 'conflict',
    message: "there is a model 'denoiser' already; choose another name",
  })
  await mkdir(join(folder, 'models/occupied'), { recursive: true })
  await expect(startRun(core, await plan('occupied'))).rejects.toMatchObject({ code: 'conflict' })
  expect(core.catalog.runs.list()).toEqual([])
  expect(core.training.pid).toBe(undefined)
})

const output: TrainOutput = {
  ...{ end: 'finished', step: 20, skipped: 0, elapsedMs: 90_000 },
  best: { step: 10, validationLoss: 0.25 },
}

async function trainedRun(id: string): Promise<{ run: Run; request: TrainRequest }> {
  const request = await plan(id)
  const run = core.catalog.runs.start({
    ...{ id, modelId: id, config: {}, seed: 0, folder: join(folder, 'runs', id) },
  })
  await mkdir(run.folder, { recursive: true })
  const tensors = { w: { shape: [2], data: Float32Array.of(1, 2) } }
  await writeSafetensors(bestWeightsPath(run.folder), { tensors, metadata: {} })
  core.catalog.runs.metrics.add(id, [
    ...[5, 10, 20].map((step) => ({ name: 'loss/validation', step, value: step / 40 })),
    { name: 'mse', step: 10, value: 0.5 },
    { name: 'loss/training', step: 10, value: 9 },
  ])
  return { run, request }
}

test('the best weights become a model whose card says what it reached there', async () => {
  const { run, request } = await trainedRun('good')
  const model = await keepBest(core, run, request, output)
  expect(model).toMatchObject({ id: 'good', task: 'reconstruct', folder: join(folder, 'models/good') })
  expect(model.card).toMatchObject({
    metrics: { validation: { step: 10, 'loss/validation': 0.25, mse: 0.5 } },
    training: { steps: 20, minutes: 1.5, licence: 'none', settings: { batch: 4 } },
  })
  expect(Object.keys((model.card as { metrics: { validation: object } }).metrics.validation)).not.toContain(
    'loss/training',
  )
  const card = model.card as unknown as Parameters<typeof readWeights>[1]
  expect([...(await readWeights(model.folder, card)).w!.data]).toEqual([1, 2])
})

test('a run killed while its model was written ends well when it is resumed', async () => {
  const { run, request } = await trainedRun('halfway')
  // Saved, but not in the catalog yet ...
  await mkdir(join(folder, 'models/halfway'))
  await writeFile(join(folder, 'models/halfway/weights.safetensors'), 'half')
  const model = await keepBest(core, run, request, output)
  expect(core.catalog.models.byId('halfway')).toEqual(model)
  // ... and in the catalog, but the run had not ended.
  await rm(bestWeightsPath(run.folder))
  expect(await keepBest(core, run, request, output)).toEqual(model)
})

test('a run without any finite validation says so', async () => {
  const { run, request } = await trainedRun('hopeless')
  await expect(keepBest(core, run, request, { ...output, best: null })).rejects.toMatchObject({
    code: 'engine',
    message: expect.stringContaining('no validation gave a finite loss'),
  })
})

test('what cannot be resumed is told apart: unknown, finished, planned by another version', async () => {
  await expect(resumeRun(core, 'nobody')).rejects.toMatchObject({ code: 'not-found' })
  core.catalog.runs.end('hopeless', 'interrupted')
  await expect(resumeRun(core, 'hopeless')).rejects.toMatchObject({ code: 'newer' })
  expect(core.catalog.runs.byId('hopeless')!.status).toBe('interrupted')
  core.catalog.runs.end('good', 'finished')
  await expect(resumeRun(core, 'good')).rejects.toMatchObject({ code: 'conflict' })
  expect(core.training.pid).toBe(undefined)
})
