import { expect, test } from 'vitest'
import { spanOf } from '../../../../renderer/parts/histogram-span.ts'
import { residualHistogram } from '../../../../shared/metrics/residual-histogram.ts'

/** Each of these differences in levels of 255, equally often. */
function histogramOf(differences: readonly number[]) {
  const image = (data: number[]) => ({
    ...{ width: data.length, height: 1, channels: 1 as const, data: new Float32Array(data) },
  })
  return residualHistogram(image(differences.map(() => 0)), image(differences.map((level) => level / 255)))
}

test('as far to both sides of zero as nearly all differences reach', () => {
  expect(spanOf(histogramOf([0, 0, 0]))).toEqual({ first: 62, last: 67, least: -2.5, most: 2.5 })
  const wide = histogramOf([-5, -1, 0, 1, 5])
  const { first, last, least, most } = spanOf(wide)
  expect([least, most]).toEqual([-5.5, 5.5])
  expect(wide.channels[0]!.counts.slice(first, last)).toEqual([1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 1])
  const rough = spanOf(histogramOf([-90, -40, 0, 40, 90]))
  expect(rough.least).toBe(-rough.most)
})
