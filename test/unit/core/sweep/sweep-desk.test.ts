import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type Application, openApplication } from '../../../../main/core/application.ts'
import { serverHost } from '../../../../main/core/host.ts'
import { planTrial, sweepOf } from '../../../../main/core/sweep/input.ts'
import { addSweep } from '../../../../main/core/sweep/sweep.ts'
import { writeBlots } from '../../training/blots.ts'

const patient = { timeout: 60_000, interval: 50 }

test('a sweep is a job: paused, gone on with after a restart, its table told as it grows, forgotten', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hourglass-sweeps-'))
  const images = await writeBlots(join(folder, 'blots'), 40)
  let app: Application
  const open = async () => {
    app = await openApplication({
      data: join(folder, 'data'),
      host: serverHost,
      libraries: null,
      device: 'cpu',
    })
  }
  await open()
  onTestFinished(async () => {
    await app.close()
    await rm(folder, { recursive: true })
  })
  const entry = (id: string) => app.sweeps.entries().find((one) => one.id === id)!
  const input = sweepOf({
    ...{ id: 's', models: ['dense'], tries: { learningRate: { values: [0.000001, 0.005] } } },
    ...{ trials: 'grid', seed: 0, minEpochs: 1, maxEpochs: 9, eta: 3, images: [images] },
    given: { trainingCount: 32, batch: 8, hidden: [16], code: 4, warmupSteps: 0 },
  })

  const { id: job } = await app!.sweeps.add(input)
  app!.queue.take(job)
  await vi.waitFor(() => expect(entry('s').trials.some(({ figure }) => figure !== null)).toBe(true), patient)
  await expect(app!.training.start(await planTrial(input, {}, 'other'))).rejects.toThrow(
    'sweep s is being trained',
  )
  app!.queue.pause(job)
  await vi.waitFor(() => expect(entry('s').status).toBe('paused'), patient)
  expect(app!.queue.entry(job)).toMatchObject({ title: 'Sweep s', total: 2, status: 'paused' })

  // What is under way when the application ends goes on by itself when it is opened again.
  app!.queue.resume(job)
  await vi.waitFor(() => expect(entry('s').status).toBe('running'), patient)
  await app!.close()
  await open()
  await vi.waitFor(() => expect(entry('s').status).toBe('done'), patient)
  const { trials } = entry('s')
  expect(trials[0]).toMatchObject({ run: 's-2', status: 'finished', model: 's-2', epochs: 9 })
  expect(trials.map(({ status }) => status).sort()).toEqual(['finished', 'stopped early'])

  const one = { learningRate: { values: [0.005] } }
  // As the command line begins one, and beside a run that is trained already.
  await app!.training.start(await planTrial({ ...input, maxEpochs: 2 }, {}, 'single'))
  const fromTerminal = addSweep(app!.core, { ...input, id: 't', minEpochs: 2, maxEpochs: 2, ranges: one })
  await vi.waitFor(() => expect(entry('t').status).toBe('done'), patient)
  const [single, trial] = ['single', 't-1'].map((id) => app!.core.catalog.runs.byId(id))
  expect(single?.status).toBe('finished')
  expect(trial!.startedAtMs).toBeGreaterThanOrEqual(single!.endedAtMs!)
  await app!.sweeps.remove(fromTerminal.id)
  expect(entry('t')).toBeUndefined()
  expect(app!.core.catalog.runs.byId('t-1')).toBeUndefined()
}, 120_000)
