import { expect, test } from 'vitest'
import { nearestOthers } from '../../../../main/latents/nearest.ts'
import { pointAt, pointsOf } from '../../../../main/latents/points.ts'
import { neighbourGraph } from '../../../../main/latents/umap/graph.ts'
import { umapInThread } from '../../../../main/latents/umap/in-thread.ts'
import { curve } from '../../../../main/latents/umap/layout.ts'
import { placeAmong, umap, umapDefaults } from '../../../../main/latents/umap/umap.ts'
import { Random } from '../../../../shared/random.ts'

const random = new Random(2)
/** Three heaps in six dimensions, 60 points each. */
const heapOf = (i: number) => i % 3
const points = pointsOf(
  Float32Array.from({ length: 180 * 6 }, (_, i) => {
    const heap = heapOf(Math.floor(i / 6))
    return random.normal() + (i % 6 === heap ? 12 : 0)
  }),
  6,
)
const settings = { ...umapDefaults, epochs: 150 }

// Source: the reference implementation's fit for spread 1 (umap-learn: find_ab_params).
test.each([
  [0.1, 1.577, 0.895],
  [0.5, 0.583, 1.334],
])('the curve for a distance of %s', (distance, a, b) => {
  const found = curve(distance)
  expect(Math.abs(found.a - a)).toBeLessThan(0.01)
  expect(Math.abs(found.b - b)).toBeLessThan(0.01)
})

test('the graph: each edge once, weights up to 1, every point tied to its nearest with weight 1', () => {
  const { a, b, weights } = neighbourGraph(points, 10)
  expect(new Set(Array.from(a, (i, e) => i * 1000 + b[e]!)).size).toBe(a.length)
  expect(a.every((i, e) => i < b[e]!)).toBe(true)
  expect(weights.every((weight) => weight > 0 && weight <= 1.000001)).toBe(true)
  const { indices } = nearestOthers(points, 1)
  for (const [i, nearest] of indices.entries()) {
    const edge = a.findIndex((from, e) => from === Math.min(i, nearest) && b[e] === Math.max(i, nearest))
    expect(weights[edge]).toBeCloseTo(1, 5)
  }
})

test('heaps stay apart, neighbours stay neighbours, and the seed decides', async () => {
  const map = umap(points, settings)
  expect(map).toEqual(umap(points, settings))
  expect(umap(points, { ...settings, seed: 1 })).not.toEqual(map)
  const onMap = pointsOf(map, 2)
  const { indices } = nearestOthers(onMap, 5)
  const strangers = indices.filter((other, k) => heapOf(other) !== heapOf(Math.floor(k / 5))).length
  expect(strangers).toBe(0)
  const before = nearestOthers(points, 15).indices
  let kept = 0
  for (let i = 0; i < points.count; i++) {
    const near = new Set(before.subarray(15 * i, 15 * i + 15))
    for (const other of indices.subarray(5 * i, 5 * i + 5)) if (near.has(other)) kept++
  }
  expect(kept / indices.length).toBeGreaterThan(0.5)
  expect(await umapInThread(points, settings)).toEqual(map)
})

test('a further point is placed in its heap; of many points some are laid out and the rest placed', () => {
  const map = umap(points, { ...settings, laidOut: 90 })
  const strangers = nearestOthers(pointsOf(map, 2), 3).indices.filter(
    (other, k) => heapOf(other) !== heapOf(Math.floor(k / 3)),
  )
  expect(strangers.length).toBeLessThan(10)
  const place = placeAmong(points, map, pointAt(points, 4), 5)
  expect(Math.hypot(place[0] - map[8]!, place[1] - map[9]!)).toBeLessThan(2)
  expect(() => umap(pointsOf(new Float32Array(20), 2))).toThrow('needs more points than 10')
})

test('a map is stopped', async () => {
  const controller = new AbortController()
  const map = umapInThread(points, { ...settings, epochs: 100_000 }, { signal: controller.signal })
  setTimeout(() => controller.abort(), 300)
  await expect(map).rejects.toMatchObject({ code: 'aborted' })
})
