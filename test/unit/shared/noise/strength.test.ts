import { describe, expect, test } from 'vitest'
import type { FloatImage } from '../../../../shared/image.ts'
import { decodeSrgb, encodeSrgb } from '../../../../shared/maths/srgb.ts'
import { addNoise } from '../../../../shared/noise/add-noise.ts'
import { isoToVariance } from '../../../../shared/noise/poisson-gaussian.ts'
import { moments, plain } from '../golden.ts'

/** 160 x 160 x 3 of one value: deviations are known to about 0.5 %. */
const even = (value: number) => plain(160, 160, 3, value)

function difference(
  image: FloatImage,
  model: string,
  parameters: Record<string, number | string>,
): Float32Array {
  return addNoise(image, { model, parameters, seed: 9 }).data.map((value, i) => value - image.data[i])
}

function deviation255(value: number, model: string, parameters: Record<string, number | string>): number {
  return 255 * moments(difference(even(value), model, parameters)).deviation
}

function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [ab, aa, bb] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    ab += a[i] * b[i]
    aa += a[i] * a[i]
    bb += b[i] * b[i]
  }
  return ab / Math.sqrt(aa * bb)
}

const channel = (field: Float32Array, c: number) => field.filter((_, i) => i % 3 === c)

describe('the deviation is what was asked for', () => {
  test.each([
    ['gaussian', { sigma255: 20 }],
    ['gaussian', { sigma255: 20, channels: 'grey' }],
    ['gaussian', { sigma255: 20, channels: 'correlated', correlation: 0.7 }],
    ['uniform', { sigma255: 20 }],
    ['correlated', { sigma255: 20, blurRadius: 1.2 }],
    ['correlated', { sigma255: 20, blurRadius: 0 }],
    ['film-grain', { sigma255: 20, channels: 'colour' }],
    ['fixed-pattern', { gainPercent: 0, offset255: 20 }],
    ['fixed-pattern', { gainPercent: (100 * 20) / 127.5, offset255: 0 }],
    ['speckle', { percent: (100 * 20) / 127.5 }],
    ['poisson', { peak: 0.5 / (20 / 255) ** 2 }],
  ])('%s %j', (model, parameters) => {
    expect(Math.abs(deviation255(0.5, model, parameters) / 20 - 1)).toBeLessThan(0.03)
  })
})

test('channels are independent, alike, or correlated as asked', () => {
  const between = (parameters: Record<string, number | string>) => {
    const field = difference(even(0.5), 'gaussian', parameters)
    return correlation(channel(field, 0), channel(field, 2))
  }
  expect(Math.abs(between({}))).toBeLessThan(0.03)
  expect(between({ channels: 'grey' })).toBeCloseTo(1, 5)
  expect(between({ channels: 'correlated', correlation: 0.7 })).toBeCloseTo(0.7, 1)
})

test('sensor noise in linear light has variance a x + b', () => {
  const light = 0.3
  const [a, b] = [0.002, 0.0001]
  const noisy = addNoise(even(encodeSrgb(light)), {
    model: 'poisson-gaussian',
    parameters: { a, b },
    seed: 2,
  })
  const { mean, deviation } = moments(noisy.data.map(decodeSrgb))
  expect(Math.abs(mean - light)).toBeLessThan(0.001)
  expect(deviation ** 2 / (a * light + b)).toBeCloseTo(1, 1)
})

test('an ISO means the gain and the read noise of its line', () => {
  const { a, b } = isoToVariance(3200)
  expect(a).toBeCloseTo(0.0032, 12)
  expect(b / Math.exp(2.18 * Math.log(0.0032) + 1.2)).toBeCloseTo(1, 12)
  expect(deviation255(0.5, 'iso', { iso: 6400 })).toBeGreaterThan(
    1.3 * deviation255(0.5, 'iso', { iso: 3200 }),
  )
})

test('demosaiced noise is correlated between neighbours and channels; kept detail stays', () => {
  const field = difference(even(0.5), 'sensor', { demosaic: 'bilinear' })
  const red = channel(field, 0)
  expect(correlation(red.subarray(0, -1), red.subarray(1))).toBeGreaterThan(0.3)
  const bars = even(0.5)
  bars.data.forEach((_, i) => {
    bars.data[i] = Math.floor(i / 3) % 2 ? 0.8 : 0.2
  })
  const lost = (detail: string) => moments(difference(bars, 'sensor', { iso: 50, detail })).deviation
  expect(lost('kept')).toBeLessThan(0.02)
  expect(lost('mosaic')).toBeGreaterThan(0.1)
})

test('chroma noise has no luma', () => {
  const field = difference(even(0.5), 'chroma', { sigma255: 20 })
  const [r, g, b] = [0, 1, 2].map((c) => channel(field, c))
  expect(Math.max(...r.map((v, i) => Math.abs(0.299 * v + 0.587 * g[i] + 0.114 * b[i])))).toBeLessThan(1e-6)
  expect((255 * moments(b.map((v) => v / 1.772)).deviation) / 20).toBeCloseTo(1, 0)
})

test('salt and pepper: density, share, and what they strike', () => {
  const parameters = { density: 20, salt: 75 }
  const { data } = addNoise(even(0.5), { model: 'salt-pepper', parameters, seed: 1 })
  const share = (value: number) => data.filter((v) => v === value).length / data.length
  expect(share(1)).toBeCloseTo(0.15, 1.5)
  expect(share(0)).toBeCloseTo(0.05, 1.5)
  expect(channel(data, 0)).toEqual(channel(data, 1))
  const single = addNoise(even(0.5), {
    model: 'salt-pepper',
    parameters: { ...parameters, per: 'channel' },
    seed: 1,
  })
  expect(channel(single.data, 0)).not.toEqual(channel(single.data, 1))
})

test('banding is constant along its axis', () => {
  const rows = channel(difference(even(0.5), 'banding', { axis: 'rows' }), 1)
  const columns = channel(difference(even(0.5), 'banding', { axis: 'columns' }), 1)
  expect(rows.every((value, i) => value === rows[i - (i % 160)])).toBe(true)
  expect(columns.every((value, i) => value === columns[i % 160])).toBe(true)
  expect(moments(columns).deviation).toBeGreaterThan(0.02)
})

test('a camera keeps its pattern over all seeds', () => {
  const at = (model: string, camera: number, seed: number) =>
    addNoise(even(0.5), { model, parameters: { camera }, seed }).data
  for (const model of ['fixed-pattern', 'hot-pixels']) {
    expect(at(model, 7, 1)).toEqual(at(model, 7, 2))
    expect(at(model, 7, 1)).not.toEqual(at(model, 8, 1))
  }
  const hot = difference(even(0.2), 'hot-pixels', { perMillion: 10_000, level: 1 }).filter((v) => v > 0)
  expect(hot.length / (160 * 160 * 3)).toBeCloseTo(0.01, 2.5)
  expect(Math.min(...hot)).toBeGreaterThan(0.499)
})

test('grain leaves black and white alone', () => {
  expect(deviation255(0, 'film-grain', {})).toBe(0)
  expect(deviation255(1, 'film-grain', {})).toBe(0)
})
