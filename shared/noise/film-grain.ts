import { blurredPlane } from './fields.ts'
import { defineNoise } from './model.ts'
import { blurRadiusOf, channelsParameter, sigma255Of } from './parameters.ts'

/**
 * Grain of film: soft Gaussian grains whose deviation is sigma * 2 sqrt(x (1 - x)). That is how the share of
 * area covered by few grains varies: most in mid-tones, not at all in clear or fully covered film.
 */
export const filmGrain = defineNoise({
  id: 'film-grain',
  title: 'Film grain',
  description: 'Soft grains, strongest in mid-tones, none in black and white.',
  parameters: [
    sigma255Of({ title: 'Strength in mid-tones', default: 15 }),
    blurRadiusOf(0.8),
    { ...channelsParameter, default: 'grey' },
  ],
  add(image, { sigma255, blurRadius, channels: mode }, random) {
    const { width, height, channels } = image
    const count = mode === 'grey' ? 1 : channels
    const planes = Array.from({ length: count }, () => blurredPlane(width, height, blurRadius, random))
    const data = new Float32Array(image.data.length)
    for (let c = 0; c < channels; c++) {
      const plane = planes[count === 1 ? 0 : c]
      for (let i = 0, j = c; i < plane.length; i++, j += channels) {
        const value = image.data[j]
        const variation = value > 0 && value < 1 ? 2 * Math.sqrt(value * (1 - value)) : 0
        data[j] = value + (sigma255 / 255) * variation * plane[i]
      }
    }
    return { ...image, data }
  },
})
