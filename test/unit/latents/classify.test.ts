import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { kMeans, silhouette } from '../../../main/latents/clusters.ts'
import { classifyLogistic, fitLogistic } from '../../../main/latents/logistic.ts'
import { classifyByNeighbours, nearestOthers, nearestTo } from '../../../main/latents/nearest.ts'
import { pointAt, pointsOf, squaredDistance } from '../../../main/latents/points.ts'
import { drawCodes, fitPrior, standardNormal } from '../../../main/latents/prior.ts'
import { accuracy, confusionMatrix, mutualInformation } from '../../../main/latents/scores.ts'
import { Random } from '../../../shared/random.ts'

// Source: scikit-learn (scripts/goldens/latents.py).
const golden = JSON.parse(readFileSync(join(import.meta.dirname, '../../golden/latents/scores.json'), 'utf8'))
const points = pointsOf(Float32Array.from(golden.points), golden.length)
const queries = pointsOf(Float32Array.from(golden.queries), golden.length)
const { labels } = golden as { labels: number[] }

test('logistic regression: the weights and classes of scikit-learn', () => {
  const model = fitLogistic(points, labels, { classes: 4, c: 0.5, maxRounds: 1000 })
  for (let k = 0; k < 4; k++) {
    for (let d = 0; d < 3; d++) expect(model.weights[k * 4 + d]).toBeCloseTo(golden.logistic.coef[k][d], 3)
  }
  expect(classifyLogistic(model, queries)).toEqual(golden.logistic.predicted)
  expect(() => fitLogistic(points, labels, { classes: 1 })).toThrow('at least 2 classes')
})

test('nearest neighbours: exact, nearest first, and the classes of scikit-learn', () => {
  expect(classifyByNeighbours(points, labels, queries, 1)).toEqual(golden.neighbours)
  const query = pointAt(queries, 3)
  const all = Array.from({ length: points.count }, (_, i) => squaredDistance(pointAt(points, i), query))
  const sorted = all.map((square, index) => ({ square, index })).sort((a, b) => a.square - b.square)
  expect(nearestTo(points, query, 7).map(({ index }) => index)).toEqual(
    sorted.slice(0, 7).map(({ index }) => index),
  )
  expect(nearestTo(points, query, 1000)).toHaveLength(points.count)
  const { indices } = nearestOthers(points, 2)
  for (let i = 0; i < points.count; i++) expect(indices[2 * i]).not.toBe(i)
  // Two of three votes win over the nearest; a tie goes to the nearest.
  const line = pointsOf(Float32Array.of(0, 1, 2, 3), 1)
  const at = (x: number, k: number) =>
    classifyByNeighbours(line, [7, 8, 8, 7], pointsOf(Float32Array.of(x), 1), k)[0]
  expect(at(0.4, 3)).toBe(8)
  expect(at(0.4, 2)).toBe(7)
})

test('k-means finds as good clusters as scikit-learn; silhouette and mutual information are its own', () => {
  const clusters = kMeans(points, 4, { seed: 1, starts: 20 })
  expect(clusters.inertia / golden.inertia).toBeLessThan(1.001) // local optima differ a little
  const counts = [0, 1, 2, 3].map((c) => clusters.assignments.filter((each) => each === c).length)
  expect(counts).toEqual([...counts].sort((a, b) => b - a))
  expect(silhouette(points, labels)).toBeCloseTo(golden.silhouette, 5)
  expect(mutualInformation(labels, golden.clusters)).toBeCloseTo(golden.nmi, 6)
  expect(mutualInformation(labels, labels)).toBeCloseTo(1, 9)
  expect(
    mutualInformation(
      labels,
      labels.map(() => 0),
    ),
  ).toBe(0)
  expect(() => kMeans(points, 161)).toThrow('expected 1 to 160, got 161')
})

test('a normal prior: the moments and density of scikit-learn, and draws that have them', () => {
  const prior = fitPrior(points, { ridge: 0 })
  const { mean, factor } = prior.parts[0]!
  for (let d = 0; d < 3; d++) expect(mean[d]).toBeCloseTo(golden.gaussian.mean[d], 4)
  for (let a = 0; a < 3; a++) {
    for (let b = 0; b < 3; b++) {
      let product = 0
      for (let k = 0; k < 3; k++) product += factor[a * 3 + k]! * factor[b * 3 + k]!
      expect(product).toBeCloseTo(golden.gaussian.covariance[a][b], 4)
    }
  }
  expect(prior.logDensity).toBeCloseTo(golden.gaussian.log_density, 4)
  const again = fitPrior(pointsOf(drawCodes(prior, 20_000, 3), 3))
  for (let d = 0; d < 3; d++) expect(Math.abs(again.parts[0]!.mean[d]! - mean[d]!)).toBeLessThan(0.1)
  expect(drawCodes(prior, 5, 3)).toEqual(drawCodes(prior, 20, 3).slice(0, 15))
  expect(drawCodes(prior, 1, 3, 0)).toEqual(Float32Array.from(mean))
  expect(standardNormal(2).parts[0]!.factor).toEqual(Float64Array.of(1, 0, 0, 1))
})

test('a mixture: fits two distant heaps better than one normal distribution, and draws from both', () => {
  const random = new Random(4)
  const heaps = Float32Array.from({ length: 800 }, (_, i) => random.normal() + (i < 400 ? -8 : 8))
  const two = fitPrior(pointsOf(heaps, 2), { parts: 2 })
  expect(two.logDensity).toBeGreaterThan(fitPrior(pointsOf(heaps, 2)).logDensity + 1)
  for (const { weight } of two.parts) expect(weight).toBeCloseTo(0.5, 2)
  const drawn = drawCodes(two, 400, 1)
  const left = drawn.filter((value, i) => i % 2 === 0 && value < -4).length
  expect(left).toBeGreaterThan(160)
  expect(left).toBeLessThan(240)
  expect(drawn.filter((value) => Math.abs(value) < 3)).toHaveLength(0)
})

test('scores: what was taken for what', () => {
  expect(confusionMatrix([0, 0, 1, 1], [0, 1, 1, 1], 2)).toEqual([
    [1, 1],
    [0, 2],
  ])
  expect(accuracy([0, 0, 1, 1], [0, 1, 1, 1])).toBe(0.75)
})
