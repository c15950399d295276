import { expect, test } from 'vitest'
import type { KnownNoise } from '../../../../../shared/noise/camera/camera-noise.ts'
import { softened, softenedWhereFlat } from '../../../../../shared/noise/camera/smoothing.ts'
import { Random } from '../../../../../shared/random.ts'

const [width, height] = [120, 120]
const deviation = 0.02
/** Flat on the left, stripes on the right. */
const clean = {
  ...{ width, height, channels: 3 as const },
  data: Float32Array.from({ length: width * height * 3 }, (_, i) => {
    const x = Math.floor(i / 3) % width
    return x < 60 ? 0.5 : 0.3 + 0.4 * (Math.floor(x / 2) % 2)
  }),
}
const noise = new Random(4).fillNormal(new Float32Array(clean.data.length))
const known = {
  clean,
  noisy: { ...clean, data: clean.data.map((value, i) => value + deviation * noise[i]!) },
  deviation: new Float32Array(width * height).fill(deviation),
}

/** Of the noise, and of its level as stated, where x is in a range. */
function levels({ noisy, deviation: stated }: KnownNoise, from: number, to: number) {
  let [square, said, count] = [0, 0, 0]
  for (let i = 0; i < noisy.data.length; i++) {
    const pixel = Math.floor(i / 3)
    if (pixel % width < from || pixel % width >= to) continue
    square += (noisy.data[i]! - clean.data[i]!) ** 2
    said += stated[pixel]! ** 2
    count++
  }
  return { measured: Math.sqrt(square / count), stated: Math.sqrt(said / count) }
}

test('smoothed everywhere: the noise is weaker everywhere, as stated', () => {
  const all = softened(known, 1)
  for (const [from, to] of [
    [0, 50],
    [70, 120],
  ] as const) {
    const { measured, stated } = levels(all, from, to)
    expect(measured).toBeLessThan(0.45 * deviation)
    expect(stated / measured).toBeCloseTo(1, 1)
  }
})

test('smoothed where it is flat: noise is kept in texture, as stated', () => {
  const some = softenedWhereFlat(known, 1, 1)
  const [flat, busy] = [levels(some, 8, 50), levels(some, 70, 112)]
  expect(flat.measured).toBeLessThan(0.5 * deviation)
  expect(flat.stated / flat.measured).toBeCloseTo(1, 1)
  expect(busy.measured).toBeGreaterThan(0.95 * deviation)
  expect(busy.stated / busy.measured).toBeCloseTo(1, 1)
})
