import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FloatImage } from '../../../../shared/image.ts'
import { addNoise } from '../../../../shared/noise/add-noise.ts'
import { clip, quantise } from '../../../../shared/noise/steps.ts'
import { plain } from '../golden.ts'

const row = (...values: number[]): FloatImage => ({
  width: values.length,
  height: 1,
  channels: 1,
  data: Float32Array.from(values),
})

test('clip limits to [0, 1]; quantise rounds and does not clip', () => {
  expect([...clip(row(-0.5, 0, 0.25, 1, 1.5)).data]).toEqual([0, 0, 0.25, 1, 1])
  expect([...quantise(row(-0.4, 0.2, 0.5, 0.7, 1.6), 1).data]).toEqual([0, 0, 1, 1, 2])
  expect(quantise(row(100.4 / 255), 8).data[0]).toBe(Math.fround(100 / 255))
  expect(() => quantise(row(0), 0)).toThrow('from 1 to 16, got 0')
  expect(() => quantise(row(0), 2.5)).toThrow('got 2.5')
})

test('quantise moves a value by at most half a step, and not twice', () => {
  const value = fc.float({ min: -2, max: 3, noNaN: true })
  fc.assert(
    fc.property(value, fc.integer({ min: 1, max: 16 }), (v, bits) => {
      const once = quantise(row(v), bits)
      expect(Math.abs(once.data[0] - Math.fround(v)) * (2 ** bits - 1)).toBeLessThanOrEqual(0.5001 + 0.02)
      expect(quantise(once, bits)).toEqual(once)
    }),
  )
})

test('noise itself leaves [0, 1]', () => {
  for (const model of ['gaussian', 'iso', 'sensor', 'uniform', 'correlated', 'chroma', 'banding']) {
    const parameters = model === 'iso' || model === 'sensor' ? { iso: 51200 } : { sigma255: 50 }
    expect(Math.min(...addNoise(plain(32, 32, 3, 0.02), { model, parameters, seed: 1 }).data)).toBeLessThan(0)
    expect(
      Math.max(...addNoise(plain(32, 32, 3, 0.98), { model, parameters, seed: 1 }).data),
    ).toBeGreaterThan(1)
  }
})
