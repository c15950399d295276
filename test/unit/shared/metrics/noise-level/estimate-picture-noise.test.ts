import { expect, test } from 'vitest'
import { blockiness } from '../../../../../shared/metrics/noise-level/blockiness.ts'
import {
  estimatePictureNoise,
  profileAt,
} from '../../../../../shared/metrics/noise-level/estimate-picture-noise.ts'
import { estimateSigma } from '../../../../../shared/metrics/noise-level/estimate-sigma.ts'
import { deviationAt, intensityProfile } from '../../../../../shared/metrics/noise-level/intensity-profile.ts'
import { sigmaMap } from '../../../../../shared/metrics/noise-level/sigma-map.ts'
import { toldLevel255 } from '../../../../../shared/metrics/noise-level/told-level.ts'
import { addNoise } from '../../../../../shared/noise/add-noise.ts'
import { drawCamera } from '../../../../../shared/noise/camera/camera.ts'
import { cameraNoise } from '../../../../../shared/noise/camera/camera-noise.ts'
import { drawMix, mixDefaults } from '../../../../../shared/noise/camera/mix.ts'
import { colourSoftened, softened } from '../../../../../shared/noise/camera/smoothing.ts'
import { clip, quantise } from '../../../../../shared/noise/steps.ts'
import { Random } from '../../../../../shared/random.ts'
import { greenOf, largePhoto, plain } from '../../golden.ts'

/** A ramp of brightness with patches of colour: flat enough to read noise from. */
function patches(width: number, height: number) {
  const data = new Float32Array(width * height * 3)
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) {
      const light = 0.1 + (0.75 * Math.floor((12 * x) / width)) / 11
      const patch = (Math.floor(y / 40) % 3) / 20
      data.set([light + patch, light, light + 0.05 - patch / 2], i)
    }
  }
  return { width, height, channels: 3, data } as const
}

const root = (values: Float32Array) =>
  255 * Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)

test('white noise: what estimateSigma says, the same everywhere, and its range holds the level', () => {
  for (const sigma255 of [5, 15, 25, 50]) {
    for (const photo of [largePhoto(), greenOf(largePhoto())]) {
      const noisy = addNoise(photo, { model: 'gaussian', parameters: { sigma255 }, seed: 4 })
      for (const image of [noisy, quantise(clip(noisy), 8)]) {
        const found = estimatePictureNoise(image)
        expect(found.sigma255).toBe(estimateSigma(image).sigma255)
        expect(found).toMatchObject({
          correlated: false,
          profile: null,
          model: null,
        })
        expect(found.low255).toBeLessThan(found.sigma255)
        expect(found.high255).toBeGreaterThan(found.sigma255)
      }
    }
  }
  const { certainty, low255, high255 } = estimatePictureNoise(
    addNoise(plain(256, 256, 3, 0.5), { model: 'gaussian', parameters: { sigma255: 30 }, seed: 1 }),
  )
  expect(certainty).toBe('sure')
  expect(low255).toBeLessThan(30)
  expect(high255).toBeGreaterThan(30)
})

test('camera noise: seen as correlated, its whole level and not only the finest part of it', () => {
  const clean = patches(360, 320)
  for (const seed of [1, 2, 3, 4]) {
    const random = new Random(seed)
    const camera = drawCamera(random)
    const { noisy, deviation } = cameraNoise(clean, camera, { a: 1e-3, b: 1e-6, demosaic: 'malvar' }, random)
    const found = estimatePictureNoise(quantise(noisy, 8))
    const truth = root(deviation)
    expect(found.correlated).toBe(true)
    expect(Math.abs(found.sigma255 / truth - 1)).toBeLessThan(0.3)
    // What an estimator for white noise reads of it.
    expect(estimateSigma(noisy).sigma255).toBeLessThan(0.65 * truth)
    expect(found.certainty).not.toBe('sure')
  }
})

test('what denoisers are told: white noise as it is, shared noise by what they learned from', () => {
  for (const learned of ['white', 'camera'] as const) {
    expect(toldLevel255({ sigma255: 12, correlated: false }, learned)).toBe(12)
    expect(toldLevel255({ sigma255: 0, correlated: true }, learned)).toBe(0)
  }
  expect(toldLevel255({ sigma255: 12, correlated: true }, 'white')).toBeCloseTo(20.4, 6)
  expect(toldLevel255({ sigma255: 12, correlated: true }, 'camera')).toBe(12)
})

test('where a camera smoothed the colour away, the brightness shows the noise', () => {
  const clean = patches(240, 240)
  const random = new Random(3)
  const taken = cameraNoise(clean, drawCamera(random), { a: 1e-3, b: 1e-6, demosaic: 'malvar' }, random)
  const smoothed = colourSoftened(softened(taken, 1), 6)
  const file = addNoise(quantise(clip(smoothed.noisy), 8), {
    ...{ model: 'jpeg', parameters: { quality: 50, subsampling: '4:2:0' }, seed: 0 },
  })
  const truth =
    255 * Math.sqrt(file.data.reduce((sum, v, i) => sum + (v - clean.data[i]) ** 2, 0) / file.data.length)
  expect(estimateSigma(file).sigma255).toBeLessThan(truth / 8)
  const { correlated, sigma255 } = estimatePictureNoise(file)
  expect(correlated).toBe(true)
  expect(sigma255 / truth).toBeGreaterThan(0.6)
  expect(sigma255 / truth).toBeLessThan(1.6)
})

test('the range holds the true level in about four of five mixes on a photo', () => {
  const clean = largePhoto()
  let [held, all] = [0, 0]
  for (let seed = 100; seed < 140; seed++) {
    const { noisy, deviation } = drawMix(clean, new Random(seed), { ...mixDefaults, jpegShare: 0.3 })
    const truth = root(deviation)
    const { low255, high255 } = estimatePictureNoise(noisy)
    if (truth >= low255 && truth <= high255) held++
    all++
  }
  expect(held / all).toBeGreaterThan(0.65)
})

test('the profile follows the noise over brightness, and is 1 on average', () => {
  const clean = patches(480, 400)
  const random = new Random(5)
  const { noisy, deviation } = cameraNoise(
    clean,
    drawCamera(random),
    { a: 2e-3, b: 1e-6, demosaic: 'bilinear' },
    random,
  )
  const { profile, model, sigma255 } = estimatePictureNoise(noisy)
  expect(profile).toHaveLength(33)
  expect([model!.a, model!.b, model!.c].every((factor) => factor >= 0)).toBe(true)
  const truth = root(deviation) / 255
  let square = 0
  const errors: number[] = []
  for (let i = 0; i < deviation.length; i += 7) {
    const brightness = (clean.data[3 * i] + clean.data[3 * i + 1] + clean.data[3 * i + 2]) / 3
    const relative = profileAt(profile!, brightness)
    square += relative * relative
    errors.push(Math.abs(Math.log((relative * truth) / deviation[i])))
  }
  expect(Math.sqrt(square / errors.length)).toBeCloseTo(1, 1)
  expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(0.12)
  const map = sigmaMap(noisy, sigma255 / 255, profile!)
  expect(root(map) / sigma255).toBeCloseTo(1, 1)
})

test('a map is the profile at the mean brightness of five by five pixels', () => {
  const profile = Float32Array.from({ length: 33 }, (_, i) => i / 32)
  const data = new Float32Array(9 * 7).fill(0.25)
  data[3 * 9 + 4] = 0.75
  const map = sigmaMap({ width: 9, height: 7, channels: 1, data }, 0.1, profile)
  expect(map[3 * 9 + 4]).toBeCloseTo(0.1 * (0.25 + 0.5 / 25), 6)
  expect(map[5 * 9 + 6]).toBeCloseTo(0.1 * (0.25 + 0.5 / 25), 6)
  expect(map[0]).toBeCloseTo(0.025, 6)
})

test('photon noise in linear light gives more deviation in the shade than in the light', () => {
  const noisy = addNoise(patches(480, 400), {
    model: 'poisson-gaussian',
    parameters: { a: 0.004, b: 0 },
    seed: 2,
  })
  const model = intensityProfile(noisy)
  expect(deviationAt(model, 0.3)).toBeGreaterThan(1.1 * deviationAt(model, 0.85))
})

test('traces of JPEG are seen where its grid is, and nowhere else', () => {
  const noisy = quantise(
    clip(addNoise(largePhoto(), { model: 'iso', parameters: { iso: 3200 }, seed: 2 })),
    8,
  )
  const file = addNoise(noisy, { model: 'jpeg', parameters: { quality: 50 }, seed: 0 })
  expect(Math.abs(blockiness(noisy))).toBeLessThan(0.05)
  expect(blockiness(file)).toBeGreaterThan(0.2)
})

test('small and empty pictures', () => {
  expect(estimatePictureNoise(plain(4, 4, 3, 0.5)).sigma255).toBeCloseTo(0, 1)
  expect(estimatePictureNoise(plain(60, 60, 1, 0)).sigma255).toBeCloseTo(0, 1)
  expect(estimatePictureNoise(plain(200, 200, 3, 1))).toMatchObject({ correlated: false })
  expect(() => estimatePictureNoise(plain(2, 9, 3, 0))).toThrow('at least 3 x 3')
})
