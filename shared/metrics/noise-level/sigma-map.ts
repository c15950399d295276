import type { FloatImage } from '../../image.ts'
import { profileAt } from './estimate-picture-noise.ts'

/** Pixels on each side over which the brightness is averaged before the level is looked up. */
export const mapRadius = 2

/**
 * The noise level of each pixel: the profile read at the mean brightness of its 5x5 neighbourhood (edges repeat), so
 * that the noise itself does not show in it.
 * @param sigma the picture's level in the unit of the pixels
 * @returns height * width values
 */
export function sigmaMap(image: FloatImage, sigma: number, profile: Float32Array): Float32Array {
  const { width, height, channels, data } = image
  const brightness = new Float32Array(width * height)
  for (let i = 0, j = 0; i < brightness.length; i++, j += channels) {
    for (let c = 0; c < channels; c++) brightness[i] += data[j + c] / channels
  }
  const rows = new Float32Array(brightness.length)
  const map = new Float32Array(brightness.length)
  const side = 2 * mapRadius + 1
  const at = (index: number, size: number) => (index < 0 ? 0 : index >= size ? size - 1 : index)
  for (let y = 0; y < height; y++) {
    for (let k = -mapRadius; k <= mapRadius; k++) {
      const from = at(y + k, height) * width
      for (let x = 0; x < width; x++) rows[y * width + x] += brightness[from + x]
    }
  }
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      let sum = 0
      for (let k = -mapRadius; k <= mapRadius; k++) sum += rows[y * width + at(x + k, width)]
      map[i] = sigma * profileAt(profile, sum / (side * side))
    }
  }
  return map
}
