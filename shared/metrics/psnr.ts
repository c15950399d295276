import type { FloatImage } from '../image.ts'
import { checkSameShape } from './same-shape.ts'

/**
 * Mean squared error over all values of all channels, as they are (sRGB-encoded, white 1, not clipped).
 * @throws AppError bad-input for different shapes
 */
export function meanSquaredError(a: FloatImage, b: FloatImage): number {
  checkSameShape('mean squared error', a, b)
  const { data } = a
  let sum = 0
  for (let i = 0; i < data.length; i++) {
    const difference = data[i] - b.data[i]
    sum += difference * difference
  }
  return sum / data.length
}

/**
 * Peak signal-to-noise ratio in dB for a peak of 1, from the mean squared error over all channels; Infinity for
 * equal images. @throws AppError bad-input for different shapes
 */
export function psnr(a: FloatImage, b: FloatImage): number {
  return -10 * Math.log10(meanSquaredError(a, b))
}
