import type { FloatImage } from '../image.ts'

/**
 * Fills lost pixels from the known ones around them, ever coarser until some are found: means of 2 x 2 on the way down,
 * bilinear on the way up (Gortler et al., The Lumigraph, SIGGRAPH 1996, 5.2). Smooth, fast, and at any size of hole.
 * @param missing 1 where a pixel is lost, width * height bytes
 */
export function pushPull(image: FloatImage, missing: Uint8Array): FloatImage {
  const { width, height, channels, data } = image
  const weights = Float32Array.from(missing, (lost) => (lost ? 0 : 1))
  return { ...image, data: filled({ width, height, data, weights }, channels) }
}

interface Level {
  readonly width: number
  readonly height: number
  readonly data: Float32Array
  /** 0: unknown, 1: known */
  readonly weights: Float32Array
}

function filled(level: Level, channels: number): Float32Array {
  const { width, height, data, weights } = level
  const result = data.slice()
  if (weights.every((weight) => weight === 1)) return result
  if (width === 1 && height === 1) {
    if (weights[0] === 0) result.fill(0.5)
    return result
  }
  const below = halved(level, channels)
  const coarse = filled(below, channels)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x
      const weight = weights[i]!
      if (weight === 1) continue
      // Centres of the coarse pixels stand at odd places of the fine grid.
      const [fx, fy] = [Math.max(0, (x - 0.5) / 2), Math.max(0, (y - 0.5) / 2)]
      const [x0, y0] = [Math.min(below.width - 1, Math.floor(fx)), Math.min(below.height - 1, Math.floor(fy))]
      const [x1, y1] = [Math.min(below.width - 1, x0 + 1), Math.min(below.height - 1, y0 + 1)]
      const [u, v] = [fx - x0, fy - y0]
      for (let c = 0; c < channels; c++) {
        const at = (column: number, row: number) => coarse[(row * below.width + column) * channels + c]!
        const upper = at(x0, y0) + u * (at(x1, y0) - at(x0, y0))
        const lower = at(x0, y1) + u * (at(x1, y1) - at(x0, y1))
        const found = upper + v * (lower - upper)
        result[i * channels + c] = weight * data[i * channels + c]! + (1 - weight) * found
      }
    }
  }
  return result
}

function halved({ width, height, data, weights }: Level, channels: number): Level {
  const [w, h] = [(width + 1) >> 1, (height + 1) >> 1]
  const small = {
    width: w,
    height: h,
    data: new Float32Array(w * h * channels),
    weights: new Float32Array(w * h),
  }
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [from, to] = [y * width + x, (y >> 1) * w + (x >> 1)]
      const weight = weights[from]!
      small.weights[to]! += weight
      for (let c = 0; c < channels; c++) small.data[to * channels + c]! += weight * data[from * channels + c]!
    }
  }
  for (let i = 0; i < small.weights.length; i++) {
    const weight = small.weights[i]!
    if (weight === 0) continue
    for (let c = 0; c < channels; c++) small.data[i * channels + c]! /= weight
    small.weights[i] = Math.min(1, weight)
  }
  return small
}
