import { expect, test } from 'vitest'
import { catalogAt } from './helpers.ts'

const run = { id: 'r1', modelId: 'dense', config: { epochs: 3 }, seed: 7, folder: '/runs/r1' }

test('a run goes through its life', () => {
  const { runs } = catalogAt()
  expect(runs.start(run)).toMatchObject({ ...run, status: 'running', bestStep: null, endedAtMs: null })
  expect(() => runs.start(run)).toThrow('a run r1 already')
  expect(() => runs.resume('r1')).toThrow('being trained already')
  expect(() => runs.remove('r1')).toThrow('stop it first')
  runs.setBest('r1', 40, 0.019)
  expect(runs.end('r1', 'paused').endedAtMs).toBeGreaterThan(0)
  expect(runs.resume('r1')).toMatchObject({
    status: 'running',
    endedAtMs: null,
    bestStep: 40,
    bestValidation: 0.019,
  })
  expect(runs.end('r1', 'failed', 'loss is not finite')).toMatchObject({
    status: 'failed',
    error: 'loss is not finite',
  })
  expect(runs.resume('r1').error).toBeNull()
  expect(runs.end('r1', 'finished').status).toBe('finished')
  expect(() => runs.end('r1', 'failed')).toThrow('no running run r1')
  expect(() => runs.resume('r2')).toThrow('no run r2')
  expect(runs.remove('r1')).toBe(true)
  expect(runs.remove('r1')).toBe(false)
})

test('lists the latest first, by status and model', () => {
  const { runs } = catalogAt()
  for (const id of ['a', 'b', 'c']) runs.start({ ...run, id, modelId: id === 'b' ? 'denoiser' : 'dense' })
  runs.end('a', 'finished')
  const ids = (request: Parameters<typeof runs.list>[0]) => runs.list(request).map(({ id }) => id)
  expect(ids({})).toEqual(['c', 'b', 'a'])
  expect(ids({ limit: 1 })).toEqual(['c'])
  expect(ids({ status: 'running' })).toEqual(['c', 'b'])
  expect(ids({ status: 'running', modelId: 'dense' })).toEqual(['c'])
})
