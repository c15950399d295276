import { expect, test } from 'vitest'
import type { RunMetrics } from '../../../../main/catalog/runMetrics.ts'
import { curvesOf } from '../../../../main/core/training/run-curves.ts'

/** Metrics of one run, from its curves. */
function metricsOf(curves: Record<string, readonly (readonly [step: number, value: number])[]>): RunMetrics {
  const series = (_: string, name: string) => curves[name]!.map(([step, value]) => ({ step, value }))
  const last = () => Object.keys(curves).map((name) => ({ name, step: 0, value: 0 }))
  return { series, last } as unknown as RunMetrics
}
const none = { samples: [], savings: null }
/** a training loss that falls all the time */
const training = Array.from({ length: 100 }, (_, i) => [i + 1, 1 / (i + 1)] as const)
const judged = (losses: readonly number[]) => losses.map((loss, i) => [i * 10, loss] as const)

test('overfitting begins at the best validation that no later one was better than', () => {
  const parts = judged([1, 0.5, 0.4, 0.6, 0.7, 0.8, 0.9])
  const { overfitting, beforeAfter } = curvesOf(
    metricsOf({ 'loss/training': training, 'loss/validation': parts }),
    'r',
    none,
  )
  expect(overfitting).toMatchObject({ step: 20, sentence: expect.stringContaining('since step 20') })
  expect(beforeAfter).toEqual([{ name: 'loss/validation', before: 1, after: 0.4 }])

  // It looked like it, and then held-out images got better after all.
  const recovers = judged([1, 0.5, 0.4, 0.6, 0.7, 0.8, 0.3])
  expect(
    curvesOf(metricsOf({ 'loss/training': training, 'loss/validation': recovers }), 'r', none).overfitting,
  ).toBe(null)
})

test('what a sweep keeps with its trials is no curve', () => {
  const { curves } = curvesOf(
    metricsOf({ 'loss/validation': judged([1]), 'sweep/steps': [[0, 90]] }),
    'r',
    none,
  )
  expect(Object.keys(curves)).toEqual(['loss/validation'])
})
