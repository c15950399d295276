import { expect, test } from 'vitest'
import { pointsWithin } from '../../../../renderer/views/latents/outline.ts'
import { Random } from '../../../../shared/random.ts'

const square = [
  { x: 1, y: 1 },
  { x: 3, y: 1 },
  { x: 3, y: 3 },
  { x: 1, y: 3 },
]

test('points in a square, in their order; what lies left, right, above and below is out', () => {
  expect(pointsWithin([2, 2, 0, 2, 4, 2, 2, 0, 2, 4, 2.9, 1.1], square)).toEqual([0, 5])
  expect(pointsWithin([2, 2], square.toReversed())).toEqual([0])
})

test('an outline that crosses itself leaves its twice enclosed middle out', () => {
  const star = [0, 2, 4, 1, 3].map((k) => ({
    x: Math.sin(k * 0.4 * Math.PI),
    y: Math.cos(k * 0.4 * Math.PI),
  }))
  expect(pointsWithin([0, 0, 0, 0.8], star)).toEqual([1])
})

test('a thousand points in a ragged outline, as by every edge', () => {
  const random = new Random([1])
  const corners = Array.from({ length: 300 }, (_, k) => {
    const [angle, radius] = [(k / 300) * 2 * Math.PI, 0.4 + 0.6 * random.uniform()]
    return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) }
  })
  const xy = Array.from({ length: 2000 }, () => 2.4 * random.uniform() - 1.2)
  const isInside = (x: number, y: number) =>
    corners.filter((p, k) => {
      const q = corners[(k + 1) % corners.length]!
      return p.y > y !== q.y > y && x < ((q.x - p.x) * (y - p.y)) / (q.y - p.y) + p.x
    }).length %
      2 ===
    1
  const expected = Array.from({ length: 1000 }, (_, i) => i).filter((i) =>
    isInside(xy[2 * i]!, xy[2 * i + 1]!),
  )
  expect(expected.length).toBeGreaterThan(100)
  expect(pointsWithin(xy, corners)).toEqual(expected)
})

test('nothing lies in an outline of one corner, or of none', () => {
  expect(pointsWithin([2, 2], [{ x: 2, y: 2 }])).toEqual([])
  expect(pointsWithin([2, 2], [])).toEqual([])
})
