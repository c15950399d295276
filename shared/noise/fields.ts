import type { FloatImage } from '../image.ts'
import { blurredDeviation, blurWrapped, gaussianHalf } from '../maths/blur.ts'
import type { Random } from '../random.ts'

/**
 * Standard normal numbers in an image's shape: height * width * channels values.
 * @param correlation between the channels: 0 independent, 1 the same number in all
 */
export function normalField(image: FloatImage, correlation: number, random: Random): Float32Array {
  const { width, height, channels } = image
  const field = new Float32Array(width * height * channels)
  if (channels === 1 || correlation === 0) return random.fillNormal(field)
  const common = random.fillNormal(new Float32Array(width * height))
  if (correlation < 1) random.fillNormal(field)
  const own = Math.sqrt(1 - correlation)
  const shared = Math.sqrt(correlation)
  for (let i = 0, j = 0; i < common.length; i++, j += 3) {
    const value = shared * common[i]
    field[j] = value + own * field[j]
    field[j + 1] = value + own * field[j + 1]
    field[j + 2] = value + own * field[j + 2]
  }
  return field
}

/**
 * A plane of normal numbers blurred by a Gaussian and brought back to standard deviation 1: noise whose grains
 * are about `blurRadius` pixels wide. Height * width values.
 */
export function blurredPlane(
  width: number,
  height: number,
  blurRadius: number,
  random: Random,
): Float32Array {
  const white = random.fillNormal(new Float32Array(width * height))
  // Below 0.2 pixels the neighbours' weight is under 4e-6: the noise is white.
  if (blurRadius < 0.2) return white
  const half = gaussianHalf(blurRadius, Math.ceil(3 * blurRadius))
  const factor = 1 / blurredDeviation(width, height, half)
  const blurred = blurWrapped(white, width, height, half)
  for (let i = 0; i < blurred.length; i++) blurred[i] *= factor
  return blurred
}

/** image + scale * field, where the field has the image's shape. */
export function plusField(image: FloatImage, field: Float32Array, scale: number): FloatImage {
  const data = new Float32Array(image.data.length)
  for (let i = 0; i < data.length; i++) data[i] = image.data[i] + scale * field[i]
  return { ...image, data }
}

/** image + scale * planes; one plane for all channels, or one for each. */
export function plusPlanes(image: FloatImage, planes: readonly Float32Array[], scale: number): FloatImage {
  const { channels } = image
  const data = new Float32Array(image.data.length)
  for (let channel = 0; channel < channels; channel++) {
    const plane = planes[planes.length === 1 ? 0 : channel]
    for (let i = 0, j = channel; i < plane.length; i++, j += channels) {
      data[j] = image.data[j] + scale * plane[i]
    }
  }
  return { ...image, data }
}
