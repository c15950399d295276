import { expect, test } from 'vitest'
import { pointsOf } from '../../../main/latents/points.ts'
import { coordinatesOf, fitProjection } from '../../../main/latents/project.ts'
import { linearPath, sphericalPath, traversal } from '../../../main/latents/walk.ts'
import { Random } from '../../../shared/random.ts'

const norm = (a: Float32Array) => Math.hypot(...a)

test('a straight path has its ends and its middle', () => {
  const [a, middle, b] = linearPath(Float32Array.of(0, 2), Float32Array.of(4, 0), 3)
  expect([a, middle, b]).toEqual([Float32Array.of(0, 2), Float32Array.of(2, 1), Float32Array.of(4, 0)])
})

test('a spherical path keeps its distance from the middle; parallel codes are joined straight', () => {
  const path = sphericalPath(Float32Array.of(3, 0, 0), Float32Array.of(0, 3, 0), 5)
  for (const code of path) expect(norm(code)).toBeCloseTo(3, 5)
  expect(path[2]![0]).toBeCloseTo(path[2]![1]!, 5)
  const growing = sphericalPath(Float32Array.of(1, 0), Float32Array.of(0, 3), 3)
  expect(norm(growing[1]!)).toBeCloseTo(2, 5)
  const straight = sphericalPath(Float32Array.of(1, 1), Float32Array.of(2, 2), 3)
  expect(straight[1]).toEqual(Float32Array.of(1.5, 1.5))
})

test('a traversal goes as many deviations to both sides', () => {
  const codes = traversal([1, 1], [0, 1], 2, 3, 1.5)
  expect(codes).toEqual([Float32Array.of(1, -2), Float32Array.of(1, 1), Float32Array.of(1, 4)])
})

test('a projection: the direction of largest variance first, with its deviation', () => {
  const random = new Random(1)
  const values = Float32Array.from({ length: 3000 }, (_, i) => random.normal() * [1, 5, 0.2][i % 3]! + 2)
  const points = pointsOf(values, 3)
  const projection = fitProjection(points, 2)
  expect(Math.abs(projection.components[0]![1]!)).toBeGreaterThan(0.99)
  expect(projection.deviations[0]).toBeGreaterThan(4.6)
  expect(projection.deviations[0]).toBeLessThan(5.4)
  expect(projection.deviations[1]).toBeCloseTo(1, 0)
  expect(coordinatesOf(projection, points)).toHaveLength(2000)
})
