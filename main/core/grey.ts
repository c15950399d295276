import type { FloatImage } from '../../shared/image.ts'
import { Random } from '../../shared/random.ts'

const block = 64

/**
 * A noisy grey tile as the colour denoiser knows noise: different in each channel. Repeating the grey channel would
 * make the noise equal in all three, which the network takes for texture (it then leaves 4 to 8 dB of it). So
 * noise that sums to zero over the channels is added, as much as makes the three independent: each then has sqrt(3)
 * times the grey level, and their mean is still the grey picture as it came.
 *
 * The added noise belongs to the pixel's place in the picture, so that tiles equal the whole.
 * @param origin place of the tile's first pixel in the picture
 * @param sigma level of the grey noise, in the unit of the pixels
 */
export function colourFromGrey(
  grey: FloatImage,
  origin: { x: number; y: number },
  sigma: number,
): FloatImage {
  const { width, height, data } = grey
  const scale = sigma * Math.sqrt(3)
  const colour = new Float32Array(width * height * 3)
  const normals = new Float32Array(block * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; ) {
      const column = Math.floor((origin.x + x) / block)
      new Random([origin.y + y, column]).fillNormal(normals)
      for (let k = origin.x + x - column * block; k < block && x < width; k++, x++) {
        const mean = (normals[3 * k] + normals[3 * k + 1] + normals[3 * k + 2]) / 3
        const at = y * width + x
        for (let c = 0; c < 3; c++) colour[3 * at + c] = data[at] + scale * (normals[3 * k + c] - mean)
      }
    }
  }
  return { width, height, channels: 3, data: colour }
}

/** The level of each channel of `colourFromGrey`. */
export function colourSigma(sigma: number): number {
  return sigma * Math.sqrt(3)
}

/** The mean of the channels. */
export function greyFromColour(colour: Float32Array): Float32Array {
  const grey = new Float32Array(colour.length / 3)
  for (let i = 0; i < grey.length; i++) grey[i] = (colour[3 * i] + colour[3 * i + 1] + colour[3 * i + 2]) / 3
  return grey
}
