import { expect, test } from 'vitest'
import { neighbours } from '../../../../../main/training/data/recipes/neighbours.ts'
import { Random } from '../../../../../shared/random.ts'

const [count, side] = [3, 64]
const size = side * side * 3
const noise = new Random(8).fillNormal(new Float32Array(count * size))
const pixels = Uint8Array.from(noise, (value) => Math.round(128 + 20 * value))
const crops = { count, side, pixels, random: (index: number) => new Random([3, 5, index]) }

test('the noisy pixels as they are, and their level', () => {
  const { noisy, sigma } = neighbours.make(crops, {})
  expect(noisy).toEqual(Float32Array.from(pixels, (value) => value / 255))
  for (const level of sigma) expect(Math.abs(level * 255 - 20)).toBeLessThan(1)
})

test('of each 2x2 cell one pixel goes each way, side by side, each of the eight ways equally often', () => {
  const { first, second } = neighbours.make(crops, {})
  const ways = new Map<string, number>()
  for (let cell = 0; cell < first.length / 4; cell++) {
    const taken = (mask: Float32Array) => [...mask.subarray(4 * cell, 4 * cell + 4)]
    const [a, b] = [taken(first), taken(second)]
    expect([a.filter(Boolean), b.filter(Boolean)]).toEqual([[1], [1]])
    const way = `${a.indexOf(1)}${b.indexOf(1)}`
    ways.set(way, (ways.get(way) ?? 0) + 1)
  }
  expect([...ways.keys()].sort()).toEqual(['01', '02', '10', '13', '20', '23', '31', '32'])
  const cells = first.length / 4
  for (const times of ways.values()) expect(Math.abs(times / cells - 1 / 8)).toBeLessThan(0.03)
})

test('the same random numbers give the same bytes', () => {
  expect(neighbours.make(crops, {})).toEqual(neighbours.make(crops, {}))
})
