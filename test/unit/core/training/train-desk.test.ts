import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openCatalog } from '../../../../main/catalog/open.ts'
import type { Core } from '../../../../main/core/core.ts'
import { planTrial, sweepOf } from '../../../../main/core/sweep/input.ts'
import { type EndedTraining, TrainDesk } from '../../../../main/core/training/train-desk.ts'
import { writeBlots } from '../../training/blots.ts'

test('a run is active from its beginning to its end, which is told; the trials of a sweep are not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hourglass-desk-'))
  const catalog = openCatalog(join(folder, 'catalog.db'))
  onTestFinished(async () => {
    catalog.close()
    await rm(folder, { recursive: true })
  })
  /** Trains until it is stopped, and the second time not at all. */
  const call = vi
    .fn()
    .mockImplementationOnce(
      (_task, _input, { signal }: { signal: AbortSignal }) =>
        new Promise((resolve) => {
          const stop = () => resolve({ end: 'aborted' })
          if (signal.aborted) stop()
          signal.addEventListener('abort', stop)
        }),
    )
    .mockRejectedValueOnce(new Error('out of memory'))
  const desk = new TrainDesk({ folder, catalog, training: { call } } as unknown as Core, () => {})
  const active: number[] = []
  const ends: EndedTraining[] = []
  desk.changed.on(() => active.push(desk.active))
  desk.ended.on((end) => ends.push(end))

  const input = sweepOf({
    ...{ id: 's', models: ['dense'], tries: { learningRate: { values: [0.005] } } },
    ...{ trials: 'grid', seed: 0, minEpochs: 1, maxEpochs: 9, eta: 3 },
    images: [await writeBlots(join(folder, 'blots'), 40)],
    given: { trainingCount: 32, batch: 8, hidden: [16], code: 4, warmupSteps: 0 },
  })
  await desk.start(await planTrial(input, {}, 'mine'))
  await desk.end('mine', 'pause')
  await desk.resume('mine')
  await vi.waitFor(() => expect(ends).toHaveLength(2))
  expect(active).toEqual([1, 0, 1, 0])
  expect(ends).toMatchObject([
    { id: 'mine', status: 'interrupted' },
    { id: 'mine', status: 'failed', error: 'out of memory' },
  ])

  await desk.hold('s', new AbortController().signal, async () => {
    await undefined
    expect(desk.active).toBe(0)
    await expect(desk.resume('mine')).rejects.toThrow('sweep s is being trained')
  })
  expect(active).toHaveLength(4)
})
