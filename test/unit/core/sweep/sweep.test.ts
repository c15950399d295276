import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Core, openCore } from '../../../../main/core/core.ts'
import { checkSweep, sweepInput, sweepOf } from '../../../../main/core/sweep/input.ts'
import { addSweep, findSweep, runSweep } from '../../../../main/core/sweep/sweep.ts'
import { sweepTable } from '../../../../main/core/sweep/table.ts'
import { writeBlots } from '../../training/blots.ts'

let folder: string
let core: Core
let images: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-sweep-'))
  core = await openCore({ data: folder, device: 'cpu' })
  images = await writeBlots(join(folder, 'blots'), 40)
})
afterAll(async () => {
  await core.close()
  await rm(folder, { recursive: true })
})

test('a sweep: stopped and gone on with, the hopeless stopped early, the best named and made a model', async () => {
  const input = sweepInput.parse({
    ...{
      id: 's',
      ranges: { learningRate: { values: [0.000001, 0.005, 0.000002] } },
      trials: 'grid',
      seed: 0,
    },
    ...{
      minEpochs: 1,
      maxEpochs: 4,
      eta: 3,
      by: 'mse',
      architecture: 'dense',
      images: [images],
      validationList: null,
    },
    given: { trainingCount: 32, batch: 8, hidden: [16], code: 4, warmupSteps: 0 },
  })
  await checkSweep(core, input)
  await expect(checkSweep(core, { ...input, given: { ...input.given, nonsense: 1 } })).rejects.toThrow(
    "no setting 'nonsense'",
  )
  const wrong = { learningRate: { values: [0.01, -1] } }
  await expect(checkSweep(core, { ...input, ranges: wrong })).rejects.toThrow('learningRate=-1')
  const job = addSweep(core, input)
  expect(() => addSweep(core, input)).toThrow("there is a sweep 's' already")
  const controller = new AbortController()
  const stopped = await runSweep(core, job, {
    signal: controller.signal,
    onTrial: (text) => text.startsWith('s-2') && controller.abort(),
  })
  expect(stopped.status).toBe('interrupted')
  expect(stopped.rows.filter(({ status }) => status === 'waiting').length).toBeGreaterThan(0)

  const found = await runSweep(core, findSweep(core, 's'))
  expect(found.status).toBe('done')
  expect(found.rows.map(({ run }) => run)[0]).toBe('s-2')
  expect(found.rows[0]).toMatchObject({ status: 'finished', epochs: 4, settings: { learningRate: 0.005 } })
  expect(found.rows.filter(({ status }) => status === 'stopped early')).toHaveLength(2)
  expect(found.rows.map(({ epochs }) => epochs)).toEqual([4, 1, 1])
  expect(core.catalog.models.byId('s-2')).toBeDefined()
  expect(core.catalog.models.byId('s-1')).toBeUndefined()
  expect(sweepTable(core.catalog, job.id)).toEqual(found)
  await expect(checkSweep(core, { ...input, id: 's' })).rejects.toThrow("a run or model 's-1' already")
  expect(() => findSweep(core, 'other')).toThrow("no sweep 'other'; there are: s")
})

test('a trial that ends by its patience is at its end; models that do not do the same are refused', async () => {
  const input = sweepOf({
    ...{ id: 'p', models: ['dense'], tries: { learningRate: { values: [0.000001, 0.000002] } } },
    ...{ trials: 'grid', seed: 0, minEpochs: 2, maxEpochs: 8, eta: 2, images: [images] },
    given: {
      trainingCount: 32,
      batch: 8,
      hidden: [16],
      code: 4,
      warmupSteps: 0,
      patience: 1,
      averageDecay: 0,
    },
  })
  expect(input).toMatchObject({ by: 'mse', isHigherBetter: false, architecture: 'dense' })
  // Steps so long that no validation is better than the first: each trial ends before its second rung.
  const far = { ...input, ranges: { learningRate: { values: [3, 4] } } }
  const found = await runSweep(core, addSweep(core, far))
  expect(found.status).toBe('done')
  expect(found.rows.map(({ status, epochs }) => [status, epochs])).toEqual([
    ['finished', 8],
    ['finished', 8],
  ])
  expect(() => sweepOf({ ...input, models: ['dense', 'codec'], tries: input.ranges })).toThrow('do the same')
  expect(sweepOf({ ...input, models: ['dense', 'conv'], tries: {} }).ranges).toEqual({
    model: { values: ['dense', 'conv'] },
  })
})
