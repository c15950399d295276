import { expect, test } from 'vitest'
import { catalogAt } from './helpers.ts'

function runsWithOne() {
  const { runs } = catalogAt()
  runs.start({ id: 'r', modelId: 'dense', config: {}, seed: 1, folder: '/r' })
  return runs
}

test('curves come back in order, also what was not finite', () => {
  const { metrics } = runsWithOne()
  metrics.add('r', [
    { name: 'loss', step: 20, value: Number.NaN },
    { name: 'loss', step: 3, value: 0.1 + 0.2 },
    { name: 'validation', step: 10, value: Number.POSITIVE_INFINITY },
    { name: 'loss', step: 100, value: 0.25 },
  ])
  expect(metrics.series('r', 'loss')).toEqual([
    { step: 3, value: 0.1 + 0.2 },
    { step: 20, value: Number.NaN },
    { step: 100, value: 0.25 },
  ])
  expect(metrics.series('r', 'loss', 20)).toEqual([{ step: 100, value: 0.25 }])
  expect(metrics.series('r', 'nothing')).toEqual([])
  expect(metrics.last('r')).toEqual([
    { name: 'loss', step: 100, value: 0.25 },
    { name: 'validation', step: 10, value: Number.POSITIVE_INFINITY },
  ])
})

test('a resumed run replaces the steps that it does again', () => {
  const { metrics } = runsWithOne()
  metrics.add(
    'r',
    [1, 2, 3].map((step) => ({ name: 'loss', step, value: step })),
  )
  expect(metrics.removeAfter('r', 1)).toBe(2)
  metrics.add('r', [{ name: 'loss', step: 1, value: 9 }])
  expect(metrics.series('r', 'loss')).toEqual([{ step: 1, value: 9 }])
})

test('they go with their run, and need one', () => {
  const runs = runsWithOne()
  runs.metrics.add('r', [{ name: 'loss', step: 1, value: 1 }])
  expect(() => runs.metrics.add('none', [{ name: 'loss', step: 1, value: 1 }])).toThrow('no such row')
  runs.end('r', 'finished')
  runs.remove('r')
  expect(runs.metrics.last('r')).toEqual([])
})
