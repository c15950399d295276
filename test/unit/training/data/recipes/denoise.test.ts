import { expect, test } from 'vitest'
import { denoise } from '../../../../../main/training/data/recipes/denoise.ts'
import { plain } from '../../../../../main/training/data/recipes/plain.ts'
import { Random } from '../../../../../shared/random.ts'

const count = 200
const side = 12
const pixels = Uint8Array.from({ length: count * side * side * 3 }, (_, i) => (i * 37) % 256)
const crops = { count, side, pixels, random: (index: number) => new Random([3, 5, index]) }
const size = side * side * 3

test('clean pixels are the bytes over 255', () => {
  const { images } = plain.make(crops, {})
  expect(images).toEqual(Float32Array.from(pixels, (value) => value / 255))
  expect(denoise.make(crops, denoise.defaults).clean).toEqual(images)
})

test('levels are uniform up to the largest, and the noise has the level it says', () => {
  const { clean, noisy, sigma } = denoise.make(crops, { ...denoise.defaults, clippedShare: 0 })
  expect(Math.abs(sigma.reduce((sum, value) => sum + value, 0) / count - 37.5 / 255)).toBeLessThan(4 / 255)
  expect(Math.max(...sigma)).toBeLessThan(75 / 255)
  expect(Math.max(...sigma)).toBeGreaterThan(73 / 255)
  let ratio = 0
  for (let index = 0; index < count; index++) {
    let sum = 0
    for (let i = index * size; i < (index + 1) * size; i++) sum += (noisy[i] - clean[i]) ** 2
    ratio += Math.sqrt(sum / size) / sigma[index] / count
  }
  expect(Math.abs(ratio - 1)).toBeLessThan(0.01)
  // noise of one sample does not repeat in another
  expect((noisy[0] - clean[0]) / sigma[0]).not.toBeCloseTo((noisy[size] - clean[size]) / sigma[1], 3)
})

test('the clipped share is clipped, and rounded on request; the rest keeps what lies outside', () => {
  const outside = (noisy: Float32Array) =>
    Array.from({ length: count }, (_, index) => noisy.slice(index * size, (index + 1) * size)).filter(
      (sample) => sample.some((value) => value < 0 || value > 1),
    ).length
  const half = outside(denoise.make(crops, denoise.defaults).noisy)
  expect(half).toBeGreaterThan(count * 0.4)
  expect(half).toBeLessThan(count * 0.6)
  expect(outside(denoise.make(crops, { ...denoise.defaults, clippedShare: 1 }).noisy)).toBe(0)
  const rounded = denoise.make(crops, { sigmaMax255: 75, clippedShare: 1, roundClipped: true }).noisy
  expect(rounded.every((value) => Math.fround(Math.round(value * 255) / 255) === value)).toBe(true)
})

test('the same random numbers give the same bytes', () => {
  expect(denoise.make(crops, denoise.defaults)).toEqual(denoise.make(crops, denoise.defaults))
})

test('parameters out of range are refused', () => {
  expect(() => denoise.check({ ...denoise.defaults, sigmaMax255: -1 })).toThrow(
    /sigmaMax255: expected at least 0, got -1/,
  )
  expect(() => denoise.check({ ...denoise.defaults, clippedShare: 2 })).toThrow(/clippedShare/)
})
