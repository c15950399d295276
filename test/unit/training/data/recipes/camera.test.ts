import { expect, test } from 'vitest'
import { camera } from '../../../../../main/training/data/recipes/camera.ts'
import { Random } from '../../../../../shared/random.ts'

const [count, side] = [40, 32]
const size = side * side * 3
const pixels = Uint8Array.from({ length: count * size }, (_, i) => 60 + ((i * 37) % 120))
const crops = { count, side, pixels, random: (index: number) => new Random([3, 5, index]) }

test('each crop is damaged, and told its level at each pixel within the drawn factor', () => {
  const { clean, noisy, sigma } = camera.make(crops, camera.defaults)
  expect([clean.length, noisy.length, sigma.length]).toEqual([
    count * size,
    count * size,
    count * side * side,
  ])
  const misses: number[] = []
  for (let index = 0; index < count; index++) {
    let [measured, told] = [0, 0]
    for (let i = index * size; i < (index + 1) * size; i++) measured += (noisy[i] - clean[i]) ** 2 / size
    for (let i = index * side * side; i < (index + 1) * side * side; i++)
      told += sigma[i] ** 2 / (side * side)
    expect(measured).toBeGreaterThan(0)
    misses.push(Math.log(told / measured) / 2)
  }
  const spread = Math.sqrt(misses.reduce((sum, miss) => sum + miss * miss, 0) / count)
  expect(Math.abs(spread - 0.15)).toBeLessThan(0.05)
})

test('the same random numbers give the same bytes; parameters out of range are refused', () => {
  expect(camera.make(crops, camera.defaults)).toEqual(camera.make(crops, camera.defaults))
  expect(() => camera.check({ ...camera.defaults, jpegShare: 2 })).toThrow(
    'jpegShare: expected 0 to 1, got 2',
  )
  expect(() => camera.check({ ...camera.defaults, sigmaMax255: -1 })).toThrow('sigmaMax255')
  expect(() => camera.check({ ...camera.defaults, resizeShare: -0.1 })).toThrow('resizeShare')
  expect(() => camera.check({ ...camera.defaults, toldSpread: Number.NaN })).toThrow('toldSpread')
})
