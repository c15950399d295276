import type { FloatImage } from '../image.ts'
import { demosaicBilinear, demosaicMalvar, mosaic } from '../maths/demosaic.ts'
import { imageFromLinear, imageToLinear } from '../maths/srgb.ts'
import type { Random } from '../random.ts'
import { defineNoise } from './model.ts'
import { isoParameter } from './parameters.ts'
import { isoToVariance, sensorNoise } from './poisson-gaussian.ts'

/**
 * Noise as it leaves a camera: linear light through an RGGB mosaic, Poisson-Gaussian noise on each sensor element,
 * demosaiced, sRGB-encoded. Demosaicing makes it coarse and correlated between channels. No white balance and no
 * colour matrix. A grey image is taken as a sensor without filters: no mosaic.
 */
export const sensor = defineNoise({
  id: 'sensor',
  title: 'Camera sensor',
  description: 'ISO noise on a Bayer sensor, then demosaiced: coarse, and correlated between channels.',
  parameters: [
    isoParameter,
    {
      kind: 'choice',
      name: 'demosaic',
      title: 'Demosaicing',
      choices: [
        { value: 'malvar', title: 'Malvar-He-Cutler' },
        { value: 'bilinear', title: 'Bilinear' },
      ],
      default: 'malvar',
    },
    {
      kind: 'choice',
      name: 'detail',
      title: 'Detail of the picture',
      choices: [
        { value: 'mosaic', title: 'Goes through the mosaic' },
        { value: 'kept', title: 'Kept; only the noise goes through' },
      ],
      default: 'mosaic',
    },
  ],
  add(image, { iso, demosaic, detail }, random) {
    const light = imageToLinear(image)
    const { a, b } = isoToVariance(iso)
    if (image.channels === 1) {
      return imageFromLinear({ ...image, data: sensorNoise(light.data, a, b, random) })
    }
    const rebuild = demosaic === 'malvar' ? demosaicMalvar : demosaicBilinear
    return imageFromLinear({ ...image, data: exposed(light, a, b, random, rebuild, detail === 'kept') })
  },
})

function exposed(
  light: FloatImage,
  a: number,
  b: number,
  random: Random,
  rebuild: typeof demosaicMalvar,
  keepDetail: boolean,
): Float32Array {
  const { width, height, data } = light
  const clean = mosaic(data, width, height)
  const noisy = sensorNoise(clean, a, b, random)
  if (!keepDetail) return rebuild(noisy, width, height)
  // Demosaicing is linear, so the noise can take that way alone.
  for (let i = 0; i < noisy.length; i++) noisy[i] -= clean[i]
  const rgb = rebuild(noisy, width, height)
  for (let i = 0; i < rgb.length; i++) rgb[i] += data[i]
  return rgb
}
