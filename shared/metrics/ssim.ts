import type { FloatImage } from '../image.ts'
import { gaussianHalf } from '../maths/blur.ts'
import { channelPlane } from '../maths/planes.ts'
import { checkLeastSide, checkSameShape } from './same-shape.ts'

const radius = 5
const half = gaussianHalf(1.5, radius)
const stabiliserLuminance = 0.01 ** 2
const stabiliserContrast = 0.03 ** 2

/** The smallest side SSIM is defined for: one window. */
export const ssimLeastSide = 2 * radius + 1

/**
 * Structural similarity (Wang, Bovik, Sheikh, Simoncelli, 2004), -1 to 1: Gaussian window of 11x11 with deviation
 * 1.5, K1 0.01, K2 0.03, range 1, windows wholly inside the image, population variance. The mean over the RGB
 * channels as they are, sRGB-encoded, not over luma: what scikit-image's `structural_similarity` gives with
 * gaussian_weights, sigma 1.5, use_sample_covariance False, data_range 1, channel_axis 2.
 * @throws AppError bad-input for different shapes, or a side under 11 pixels
 */
export function ssim(a: FloatImage, b: FloatImage): number {
  checkSameShape('SSIM', a, b)
  checkLeastSide('SSIM', a, ssimLeastSide)
  let sum = 0
  for (let channel = 0; channel < a.channels; channel++) {
    const plane = channelPlane(a, channel)
    sum += planeSimilarity(plane, channelPlane(b, channel), a.width, a.height).similarity
  }
  return sum / a.channels
}

/** Mean SSIM of two planes, and the mean of its contrast-and-structure factor alone. */
export function planeSimilarity(
  a: Float32Array,
  b: Float32Array,
  width: number,
  height: number,
): { similarity: number; contrastStructure: number } {
  // Four moments are enough: SSIM needs only the sum of the two variances.
  const moments = Array.from({ length: 4 }, () => new Float64Array(width))
  const [meanA, meanB, squares, products] = moments
  let similarity = 0
  let contrastStructure = 0
  for (let y = radius; y < height - radius; y++) {
    for (const moment of moments) moment.fill(0)
    for (let k = -radius; k <= radius; k++) {
      const weight = half[Math.abs(k)]
      const row = (y + k) * width
      for (let x = 0; x < width; x++) {
        const p = a[row + x]
        const q = b[row + x]
        meanA[x] += weight * p
        meanB[x] += weight * q
        squares[x] += weight * (p * p + q * q)
        products[x] += weight * p * q
      }
    }
    for (let x = radius; x < width - radius; x++) {
      const p = alongRow(meanA, x)
      const q = alongRow(meanB, x)
      const pq = p * q
      const ppqq = p * p + q * q
      const contrast =
        (2 * (alongRow(products, x) - pq) + stabiliserContrast) /
        (alongRow(squares, x) - ppqq + stabiliserContrast)
      contrastStructure += contrast
      similarity += (contrast * (2 * pq + stabiliserLuminance)) / (ppqq + stabiliserLuminance)
    }
  }
  const count = (width - 2 * radius) * (height - 2 * radius)
  return { similarity: similarity / count, contrastStructure: contrastStructure / count }
}

function alongRow(row: Float64Array, x: number): number {
  return (
    half[0] * row[x] +
    half[1] * (row[x - 1] + row[x + 1]) +
    half[2] * (row[x - 2] + row[x + 2]) +
    half[3] * (row[x - 3] + row[x + 3]) +
    half[4] * (row[x - 4] + row[x + 4]) +
    half[5] * (row[x - 5] + row[x + 5])
  )
}
