import type { FloatImage } from '../image.ts'
import { checkSameShape } from '../metrics/same-shape.ts'
import { lumaWeights } from './blend.ts'

/** Pixels around a piece that its detail depends on: cut pieces with this border, then leave it out. */
export const detailHalo = 16

const bands = 3
/** Standard deviation of white noise of deviation 1 in each band of this decomposition (Starck and Murtagh, 1998). */
const noiseInBand = [0.889, 0.2, 0.086] as const
/** Coefficients below so many deviations of the noise are noise. */
const threshold = 2.5

/**
 * What of the luminance that a denoiser took away stands out of the noise: an a trous wavelet decomposition (B3 spline,
 * three bands) of the residual, soft-thresholded at 2.5 deviations of the noise in each band, summed.
 * @param sigma noise level on the scale of the pixels, [0, 1]
 * @returns height * width values
 * @throws AppError bad-input where shapes differ
 */
export function lostDetail(original: FloatImage, clean: FloatImage, sigma: number): Float32Array {
  checkSameShape('lost detail', original, clean)
  const { width, height } = original
  let smooth = residualLuma(original, clean)
  // The luminance of independent channels has less noise than each of them.
  const deviation = original.channels === 3 ? sigma * Math.hypot(...lumaWeights) : sigma
  const sum = new Float32Array(width * height)
  for (let band = 0; band < bands; band++) {
    const next = splineSmooth(smooth, width, height, 1 << band)
    const limit = threshold * deviation * noiseInBand[band]
    for (let i = 0; i < sum.length; i++) {
      const value = smooth[i] - next[i]
      if (value > limit) sum[i] += value - limit
      else if (value < -limit) sum[i] += value + limit
    }
    smooth = next
  }
  return sum
}

function residualLuma(original: FloatImage, clean: FloatImage): Float32Array {
  const { width, height, channels } = original
  const luma = new Float32Array(width * height)
  const weights = channels === 3 ? lumaWeights : [1]
  for (let pixel = 0, i = 0; pixel < luma.length; pixel++, i += channels) {
    for (let c = 0; c < channels; c++) luma[pixel] += weights[c] * (original.data[i + c] - clean.data[i + c])
  }
  return luma
}

const taps = [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16] as const

/** Five taps `step` apart along rows, then columns; edges repeat. */
function splineSmooth(plane: Float32Array, width: number, height: number, step: number): Float32Array {
  const rows = new Float32Array(plane.length)
  const result = new Float32Array(plane.length)
  const at = (index: number, size: number) => (index < 0 ? 0 : index >= size ? size - 1 : index)
  for (let x = 0; x < width; x++) {
    const columns = taps.map((_, k) => at(x + (k - 2) * step, width))
    for (let row = 0; row < plane.length; row += width) {
      for (let k = 0; k < 5; k++) rows[row + x] += taps[k] * plane[row + columns[k]]
    }
  }
  for (let y = 0; y < height; y++) {
    for (let k = 0; k < 5; k++) {
      const from = at(y + (k - 2) * step, height) * width
      for (let x = 0; x < width; x++) result[y * width + x] += taps[k] * rows[from + x]
    }
  }
  return result
}
