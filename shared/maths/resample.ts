import type { FloatImage } from '../image.ts'

/** Where an output sample comes from: `taps` source indices and weights, one after the other. */
interface Taps {
  readonly count: number
  readonly indices: Int32Array
  readonly weights: Float64Array
}

/**
 * The middle of an image enlarged (factor above 1) or reduced, with Keys' cubic (a = -0.5), widened where it reduces; what
 * lies beyond the edges is mirrored. The size stays: enlarged, the border is cut off; reduced, it is filled by mirroring.
 * @returns values that may overshoot the given ones a little
 */
export function resampledMiddle(image: FloatImage, factor: number): FloatImage {
  const { width, height, channels, data } = image
  const across = tapsOf(width, factor)
  const down = tapsOf(height, factor)
  const rows = new Float32Array(data.length)
  for (let y = 0; y < height; y++) {
    const row = y * width
    for (let x = 0; x < width; x++) {
      for (let k = x * across.count; k < (x + 1) * across.count; k++) {
        const weight = across.weights[k]
        const from = (row + across.indices[k]) * channels
        for (let c = 0; c < channels; c++) rows[(row + x) * channels + c] += weight * data[from + c]
      }
    }
  }
  const out = new Float32Array(data.length)
  const stride = width * channels
  for (let y = 0; y < height; y++) {
    for (let k = y * down.count; k < (y + 1) * down.count; k++) {
      const weight = down.weights[k]
      const from = down.indices[k] * stride
      for (let i = 0; i < stride; i++) out[y * stride + i] += weight * rows[from + i]
    }
  }
  return { ...image, data: out }
}

function tapsOf(size: number, factor: number): Taps {
  const spread = Math.max(1, 1 / factor)
  const count = 2 * Math.ceil(2 * spread)
  const indices = new Int32Array(size * count)
  const weights = new Float64Array(size * count)
  for (let i = 0; i < size; i++) {
    const centre = (i + 0.5 - size / 2) / factor + size / 2 - 0.5
    const first = Math.floor(centre) - count / 2 + 1
    let sum = 0
    for (let k = 0; k < count; k++) {
      indices[i * count + k] = mirrored(first + k, size)
      weights[i * count + k] = cubic((first + k - centre) / spread)
      sum += weights[i * count + k]
    }
    for (let k = 0; k < count; k++) weights[i * count + k] /= sum
  }
  return { count, indices, weights }
}

function cubic(distance: number): number {
  const x = Math.abs(distance)
  if (x >= 2) return 0
  return x < 1 ? (1.5 * x - 2.5) * x * x + 1 : ((-0.5 * x + 2.5) * x - 4) * x + 2
}

function mirrored(index: number, size: number): number {
  const period = 2 * size
  const rest = ((index % period) + period) % period
  return rest < size ? rest : period - 1 - rest
}
