import { expect, test } from 'vitest'
import {
  drawCamera,
  lightOf,
  pictureOf,
  sensorOf,
  sensorToSrgb,
} from '../../../../../shared/noise/camera/camera.ts'
import { cameraNoise } from '../../../../../shared/noise/camera/camera-noise.ts'
import { demosaicedCovariances } from '../../../../../shared/noise/camera/demosaiced.ts'
import { drawMix, mixDefaults } from '../../../../../shared/noise/camera/mix.ts'
import { fromTone, toneCurve } from '../../../../../shared/noise/camera/tone.ts'
import { Random } from '../../../../../shared/random.ts'
import { largePhoto, largestDifference, plain, smallPhoto } from '../../golden.ts'

const cameras = Array.from({ length: 20 }, (_, seed) => drawCamera(new Random(seed)))

test('tone curve: ends and middle stay, and its inverse undoes it', () => {
  for (const share of [0, 0.4, 1]) {
    const untone = fromTone(share)
    for (const x of [0, 0.01, 0.2, 0.5, 0.83, 1]) expect(untone(toneCurve(x, share))).toBeCloseTo(x, 4)
    expect([0, 0.5, 1].map((x) => toneCurve(x, share))).toEqual([0, 0.5, 1])
  }
  expect(toneCurve(0.25, 1)).toBeCloseTo(0.15625, 12)
})

test('a camera takes light apart and puts it together again; grey stays grey', () => {
  const photo = largePhoto()
  for (const camera of cameras) {
    expect(largestDifference(pictureOf(lightOf(photo.data, camera), camera), photo.data)).toBeLessThan(1e-4)
    const m = sensorToSrgb(camera)
    const light = Float32Array.of(0.3, 0.3, 0.3)
    const sensor = sensorOf(light, camera)
    for (let c = 0; c < 3; c++) {
      expect(sensor[c]).toBeCloseTo(0.3 / camera.gains[c], 5)
      expect(m[3 * c] * sensor[0] + m[3 * c + 1] * sensor[1] + m[3 * c + 2] * sensor[2]).toBeCloseTo(0.3, 5)
    }
  }
})

test('demosaiced noise: bilinear green keeps half of its own variance and a quarter of that in between', () => {
  const [, green] = demosaicedCovariances('bilinear')
  // Two of four places hold the element itself (variance 1), two the mean of four neighbours (1 / 4).
  expect(green[4]).toBeCloseTo(0.5 * 1 + 0.5 * 0.25, 6)
  const [red] = demosaicedCovariances('bilinear')
  // The element, two means of two, one mean of four.
  expect(red[0]).toBeCloseTo((1 + 0.5 + 0.5 + 0.25) / 4, 6)
})

test.each([
  ['malvar', 0.1],
  ['malvar', 0.6],
  ['bilinear', 0.3],
] as const)('%s at %d: the noise has the deviation that is predicted', (demosaic, level) => {
  const data = Float32Array.from({ length: 120 * 120 * 3 }, (_, i) => level * [1.1, 1, 0.8][i % 3])
  const clean = { width: 120, height: 120, channels: 3, data } as const
  for (const [seed, camera] of cameras.slice(0, 4).entries()) {
    const { noisy, deviation } = cameraNoise(clean, camera, { a: 2e-4, b: 1e-7, demosaic }, new Random(seed))
    const squares = noisy.data.reduce((sum, value, i) => sum + (value - data[i]) ** 2, 0) / data.length
    expect(Math.abs(Math.sqrt(squares) / deviation[0] - 1)).toBeLessThan(0.04)
  }
})

test('camera noise is correlated between neighbours, and grows with the gain', () => {
  const clean = plain(120, 120, 3, 0.4)
  const noiseOf = (a: number) =>
    cameraNoise(clean, cameras[0], { a, b: 0, demosaic: 'malvar' }, new Random(1)).noisy.data.map(
      (value) => value - 0.4,
    )
  const noise = noiseOf(1e-3)
  const product = (shift: number) => noise.slice(shift).reduce((sum, value, i) => sum + value * noise[i], 0)
  expect(product(3) / product(0)).toBeGreaterThan(0.2)
  const energy = (values: Float32Array) => values.reduce((sum, value) => sum + value * value, 0)
  expect(energy(noiseOf(4e-3)) / energy(noise)).toBeCloseTo(4, 0)
})

test('the mix: every kind states the strength it has, files are whole bytes, the seed decides', () => {
  const photo = smallPhoto()
  let [files, resized] = [0, 0]
  for (let seed = 0; seed < 40; seed++) {
    const { clean, noisy, deviation } = drawMix(photo, new Random(seed))
    const measured = noisy.data.reduce((sum, value, i) => sum + (value - clean.data[i]) ** 2, 0)
    const stated = deviation.reduce((sum, value) => sum + 3 * value * value, 0)
    expect(stated / measured).toBeCloseTo(1, 3)
    if (noisy.data.every((value) => Math.abs(value * 255 - Math.round(value * 255)) < 1e-3)) files++
    if (clean !== photo) resized++
  }
  expect(files).toBeGreaterThan(24)
  expect(files).toBeLessThan(40)
  // By 0.67 to 1.5, or as softer photos: three in ten of those with a camera's noise, and half; of the others one in ten.
  expect(resized).toBeGreaterThan(8)
  expect(resized).toBeLessThan(26)
  const again = (parameters = mixDefaults) => drawMix(photo, new Random(3), parameters).noisy.data
  expect(again()).toEqual(again())
  expect(again({ ...mixDefaults, cameraShare: 0 })).not.toEqual(again({ ...mixDefaults, cameraShare: 1 }))
})
