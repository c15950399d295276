import { exp, ln } from '../maths/elementary.ts'
import { imageFromLinear, imageToLinear } from '../maths/srgb.ts'
import type { Random } from '../random.ts'
import { defineNoise } from './model.ts'
import { isoParameter } from './parameters.ts'

/**
 * A sensor's noise in linear light, a * Poisson(x / a) + N(0, b): variance a x + b (Foi et al., "Practical
 * Poissonian-Gaussian noise modeling", 2008). Light below 0 counts as 0 for the photons.
 * @param light linear light, any shape; not changed
 */
export function sensorNoise(light: Float32Array, a: number, b: number, random: Random): Float32Array {
  const noisy = random.fillNormal(new Float32Array(light.length))
  const deviation = Math.sqrt(b)
  for (let i = 0; i < noisy.length; i++) {
    const photons = a > 0 && light[i] > 0 ? a * random.poisson(light[i] / a) : light[i]
    noisy[i] = photons + deviation * noisy[i]
  }
  return noisy
}

/**
 * Gain a and read variance b of an average camera: a = 1e-4 at ISO 100, and log b = 2.18 log a + 1.2, the line
 * that Brooks et al. ("Unprocessing images for learned raw denoising", 2019) fit to real cameras, without the
 * spread of 0.26 around it.
 */
export function isoToVariance(iso: number): { a: number; b: number } {
  const a = (1e-4 * iso) / 100
  return { a, b: exp(2.18 * ln(a) + 1.2) }
}

export const poissonGaussian = defineNoise({
  id: 'poisson-gaussian',
  title: 'Poisson-Gaussian',
  description: 'Photon and read noise in linear light, variance a x + b, independent in each channel.',
  parameters: [
    {
      kind: 'number',
      name: 'a',
      title: 'Gain a',
      unit: 'of white',
      min: 0,
      max: 0.2,
      step: 0.00001,
      default: 0.003,
      logarithmic: true,
    },
    {
      kind: 'number',
      name: 'b',
      title: 'Read variance b',
      unit: 'of white²',
      min: 0,
      max: 0.1,
      step: 1e-8,
      default: 0.00001,
      logarithmic: true,
    },
  ],
  add(image, { a, b }, random) {
    const light = imageToLinear(image)
    return imageFromLinear({ ...image, data: sensorNoise(light.data, a, b, random) })
  },
})

export const iso = defineNoise({
  id: 'iso',
  title: 'ISO',
  description: 'Poisson-Gaussian noise of an average camera at this sensitivity.',
  parameters: [isoParameter],
  add(image, values, random) {
    const { a, b } = isoToVariance(values.iso)
    const light = imageToLinear(image)
    return imageFromLinear({ ...image, data: sensorNoise(light.data, a, b, random) })
  },
})
