import { copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { tf } from '../../../main/engine/tensorflow.ts'
import { readSafetensors, writeSafetensors } from '../../../main/models/safetensors.ts'
import { bestWeightsPath, checkpointPath } from '../../../main/training/paths.ts'
import { runTraining, type TrainProgress } from '../../../main/training/run.ts'
import { type RunConfig, runConfig } from '../../../main/training/run-config.ts'
import { trainingSettings } from '../../../main/training/settings.ts'
import { writeBlots } from './blots.ts'

let folder: string
let config: RunConfig
beforeAll(() => tf.ready())
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-run-'))
  config = runConfig.parse({
    ...{
      architecture: 'dense',
      options: { hidden: [8], code: 2 },
      length: { steps: 12 },
      startWeights: null,
    },
    settings: trainingSettings.parse({ batch: 4, validateEvery: 5, warmupSteps: 0 }),
    task: {
      ...{ kind: 'digits', data: {}, loss: {}, trainingCount: 20 },
      images: await writeBlots(join(folder, 'blots'), 24),
    },
  })
})
afterEach(() => rm(folder, { recursive: true }))

/** @param abortAt step after whose report the run is stopped */
async function run({ resume = false, abortAt = -1, given = config } = {}) {
  const said: TrainProgress[] = []
  const controller = new AbortController()
  const before = tf.memory().numTensors
  const progress = (report: TrainProgress) => {
    said.push(report)
    if (report.kind === 'validation' && report.step === abortAt) controller.abort()
  }
  const output = await runTraining({ config: given, folder, resume }, { signal: controller.signal, progress })
  expect(tf.memory().numTensors).toBe(before)
  const of = <Kind extends TrainProgress['kind']>(kind: Kind) =>
    said.filter((report): report is Extract<TrainProgress, { kind: Kind }> => report.kind === kind)
  return { output, said, of, notes: of('note').map(({ text }) => text) }
}

test('a run reports every step once, keeps its best weights, and leaves a checkpoint and event files', async () => {
  const { output, of } = await run()
  expect(output).toMatchObject({ end: 'finished', step: 12, skipped: 0, best: { step: expect.any(Number) } })
  const steps = of('steps').flatMap(({ losses }) => losses.map(([step]) => step))
  expect(steps).toEqual(Array.from({ length: 12 }, (_, i) => i + 1))
  expect(of('validation').map(({ step }) => step)).toEqual([0, 5, 10, 12])
  expect(of('resumed')).toEqual([])
  const { tensors } = await readSafetensors(bestWeightsPath(folder))
  // PyTorch's layout: (out, in)
  expect(tensors['encoder.0.weight']!.shape).toEqual([8, 784])
  const names = await readdir(folder)
  expect(names).toContain('checkpoint.safetensors')
  expect(names.some((name) => name.startsWith('events.out.tfevents'))).toBe(true)
})

test('a resumed run says where it goes on, and nothing of differences on the same machine', async () => {
  expect((await run({ abortAt: 5 })).output).toMatchObject({ end: 'aborted', step: 5 })
  await writeFile(join(folder, 'checkpoint.safetensors.123'), 'half a checkpoint')
  const { output, of, notes } = await run({ resume: true })
  expect(of('resumed')).toMatchObject([{ kind: 'resumed', step: 5, best: { step: 5 } }])
  // All that the first part had reported, as a kill could have taken it from the catalog.
  const points = of('resumed')[0]!.recent.map(({ name, step }) => `${name} ${step}`)
  const losses = [1, 2, 3, 4, 5].map((step) => `loss/training ${step}`)
  const validations = [0, 5].flatMap((step) => [`loss/validation ${step}`, `mse ${step}`])
  expect(points.sort()).toEqual([...losses, ...validations].sort())
  expect(output).toMatchObject({ end: 'finished', step: 12 })
  expect(of('steps')[0]!.losses[0]![0]).toBe(6)
  expect(notes).toEqual([])
  expect(await readdir(folder)).not.toContain('checkpoint.safetensors.123')
})

test('a resume on another backend or with other threads says that it will differ, once', async () => {
  await run({ abortAt: 5 })
  const { tensors, metadata } = await readSafetensors(checkpointPath(folder))
  const state = JSON.parse(metadata.state!)
  expect(state).toMatchObject({ backend: 'tensorflow', threads: expect.any(Number) })
  const withState = (changes: object) =>
    writeSafetensors(checkpointPath(folder), {
      tensors,
      metadata: { state: JSON.stringify({ ...state, ...changes }) },
    })
  await withState({ backend: 'cuda' })
  const first = await run({ resume: true, abortAt: 10 })
  expect(first.notes).toEqual([
    expect.stringMatching(/'cuda' \(float32\) with .* goes on with 'tensorflow' .*will differ/),
  ])
  expect((await run({ resume: true })).notes).toEqual([])
  await withState({ threads: 99 })
  expect((await run({ resume: true })).notes).toEqual([expect.stringMatching(/99 threads .* will differ/)])
})

test('a resumed run computes as it began, whatever would be chosen now', async () => {
  await run({ abortAt: 5 })
  const read = async () => JSON.parse((await readSafetensors(checkpointPath(folder))).metadata.state!)
  const { tensors } = await readSafetensors(checkpointPath(folder))
  const state = await read()
  expect(state.compute).toBe('float32') // as the tests ask
  await writeSafetensors(checkpointPath(folder), {
    tensors,
    metadata: { state: JSON.stringify({ ...state, compute: 'eager' }) },
  })
  expect((await run({ resume: true })).notes).toEqual([])
  expect((await read()).compute).toBe('eager')
})

test('a run killed before its first checkpoint starts again', async () => {
  const { notes, of, output } = await run({ resume: true })
  expect(of('resumed')).toEqual([{ kind: 'resumed', step: 0, best: null, recent: [] }])
  expect(notes).toEqual(['This run has no checkpoint yet: it starts again from its first step.'])
  expect(output.step).toBe(12)
})

test('a damaged checkpoint is not taken for none', async () => {
  await writeFile(checkpointPath(folder), 'not weights')
  await expect(run({ resume: true })).rejects.toMatchObject({ code: 'corrupt' })
})

test('a run that starts from weights begins where they ended', async () => {
  const first = await run()
  const parent = join(folder, 'parent.safetensors')
  await copyFile(bestWeightsPath(folder), parent)
  const second = await run({ given: { ...config, startWeights: parent } })
  expect(second.of('validation')[0]!.loss).toBeCloseTo(first.output.best!.validationLoss, 6)
  const other = { ...config, startWeights: parent, options: { hidden: [9], code: 2 } }
  await expect(run({ given: other })).rejects.toMatchObject({ code: 'corrupt' })
})
