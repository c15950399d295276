import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Core, openCore } from '../../../../main/core/core.ts'
import { addSweep, findSweep, runSweep, sweepInput, sweepTable } from '../../../../main/core/sweep/sweep.ts'
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
  expect(sweepTable(core, job.id)).toEqual(found)
  expect(() => findSweep(core, 'other')).toThrow("no sweep 'other'; there are: s")
})
