import { Random } from '../random.ts'
import { defineNoise } from './model.ts'
import { cameraParameter, sigma255Of } from './parameters.ts'

/**
 * The two faults of a sensor that repeat in every picture it takes (EMVA 1288): x * (1 + gain) + offset with a
 * Gaussian gain (photo response non-uniformity) and offset (dark signal non-uniformity) of each pixel and
 * channel. The same camera number gives the same pattern for the same image size, whatever the seed.
 */
export const fixedPattern = defineNoise({
  id: 'fixed-pattern',
  title: 'Fixed pattern',
  description:
    'Pixels that always read a little more or less: the same pattern in every picture of a camera.',
  parameters: [
    {
      kind: 'number',
      name: 'gainPercent',
      title: 'Gain deviation',
      unit: '% of the value',
      min: 0,
      max: 50,
      step: 0.1,
      default: 2,
    },
    sigma255Of({ name: 'offset255', title: 'Offset deviation', default: 3 }),
    cameraParameter,
  ],
  add(image, { gainPercent, offset255, camera }, random) {
    const pattern = camera === 0 ? random : new Random([camera, 1])
    const offsets = pattern.fillNormal(new Float32Array(image.data.length))
    const data = pattern.fillNormal(new Float32Array(image.data.length))
    for (let i = 0; i < data.length; i++) {
      data[i] = image.data[i] * (1 + (gainPercent / 100) * data[i]) + (offset255 / 255) * offsets[i]
    }
    return { ...image, data }
  },
})

/** Single sensor elements (one channel of a pixel) that leak: x + level * U(0.5, 1.5). */
export const hotPixels = defineNoise({
  id: 'hot-pixels',
  title: 'Hot pixels',
  description:
    'A few single channels that are far too bright, at the same places in every picture of a camera.',
  parameters: [
    {
      kind: 'number',
      name: 'perMillion',
      title: 'Density',
      unit: 'per million',
      min: 0,
      max: 100000,
      step: 10,
      default: 500,
    },
    {
      kind: 'number',
      name: 'level',
      title: 'Brightness',
      unit: 'of white',
      min: 0,
      max: 2,
      step: 0.05,
      default: 0.7,
    },
    cameraParameter,
  ],
  add(image, { perMillion, level, camera }, random) {
    const pattern = camera === 0 ? random : new Random([camera, 2])
    const data = image.data.slice()
    for (let i = 0; i < data.length; i++) {
      if (pattern.uint32() / 4294967296 < perMillion / 1e6) data[i] += level * pattern.between(0.5, 1.5)
    }
    return { ...image, data }
  },
})
