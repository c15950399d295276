import { AppError } from '../errors.ts'
import type { FloatImage } from '../image.ts'
import { narrowOrder, solveBanded } from './banded.ts'

/** One region may take so many multiplications: some ten seconds. */
const largestWork = 2e10

/**
 * Fills lost pixels with the smoothest surface through the known ones: its squared Laplacian vanishes (Damelin and Hoang,
 * 2018, doi 10.1155/2018/3950312), as scikit-image's inpaint_biharmonic does, with the same kernels at the picture's edges.
 * Solved exactly, region by region; results keep within the known values' range.
 * @param missing 1 where a pixel is lost, width * height bytes
 * @throws AppError `bad-input` when nothing is known, `too-large` for a region of too many pixels
 */
export function biharmonic(image: FloatImage, missing: Uint8Array): FloatImage {
  const { width, height, channels, data } = image
  const limits = knownRange(image, missing)
  const result = data.slice()
  const kernels = new Map<string, Tap[]>()
  const tapsAt = (x: number, y: number): Tap[] => {
    // Distances to the edges beyond 2 make no difference.
    const [l, r, t, b] = [
      Math.min(2, x),
      Math.min(2, width - 1 - x),
      Math.min(2, y),
      Math.min(2, height - 1 - y),
    ]
    const key = `${l}${r}${t}${b}`
    const known = kernels.get(key)
    if (known) return known
    const taps = kernel(l, r, t, b)
    kernels.set(key, taps)
    return taps
  }
  const seen = new Uint8Array(missing.length)
  const placeOf = new Int32Array(missing.length).fill(-1)
  for (let i = 0; i < missing.length; i++) {
    if (missing[i] && !seen[i]) fillRegion(region(i, width, height, missing, seen))
  }
  return { ...image, data: result }

  function fillRegion(pixels: readonly number[]): void {
    for (const [place, pixel] of pixels.entries()) placeOf[pixel] = place
    const unknownsOf = (place: number) => {
      const pixel = pixels[place]!
      const taps = tapsAt(pixel % width, Math.floor(pixel / width))
      return taps.map(({ dx, dy }) => placeOf[pixel + dy * width + dx]!).filter((other) => other >= 0)
    }
    const order = narrowOrder(pixels.length, unknownsOf)
    const rank = new Int32Array(pixels.length)
    for (const [row, place] of order.entries()) rank[place] = row
    let band = 0
    for (const place of order) {
      for (const other of unknownsOf(place)) band = Math.max(band, Math.abs(rank[place]! - rank[other]!))
    }
    if (pixels.length * band * band > largestWork) {
      throw new AppError(
        'too-large',
        `biharmonic filling: a lost region of ${pixels.length} pixels is too large`,
      )
    }
    const stride = 2 * band + 1
    const matrix = new Float64Array(pixels.length * stride)
    const sides = new Float64Array(pixels.length * channels)
    for (const [row, place] of order.entries()) {
      const pixel = pixels[place]!
      for (const { dx, dy, weight } of tapsAt(pixel % width, Math.floor(pixel / width))) {
        const at = pixel + dy * width + dx
        if (placeOf[at]! >= 0) matrix[row * stride + rank[placeOf[at]!]! - row + band] = weight
        else
          for (let c = 0; c < channels; c++) sides[row * channels + c]! -= weight * data[at * channels + c]!
      }
    }
    solveBanded(matrix, band, sides, channels)
    for (const [row, place] of order.entries()) {
      for (let c = 0; c < channels; c++) {
        const { low, high } = limits[c]!
        result[pixels[place]! * channels + c] = Math.min(high, Math.max(low, sides[row * channels + c]!))
      }
    }
    for (const pixel of pixels) placeOf[pixel] = -1
  }
}

interface Tap {
  readonly dx: number
  readonly dy: number
  readonly weight: number
}

/** The Laplacian of the Laplacian of one pixel, mirrored at the edges of its surroundings, which reach so far. */
function kernel(left: number, right: number, top: number, bottom: number): Tap[] {
  const [width, height] = [left + right + 1, top + bottom + 1]
  const point = new Float64Array(width * height)
  point[top * width + left] = 1
  const twice = laplacian(laplacian(point, width, height), width, height)
  return Array.from(twice, (weight, i) => ({
    dx: (i % width) - left,
    dy: Math.floor(i / width) - top,
    weight,
  })).filter(({ weight }) => weight !== 0)
}

/** With each edge's own pixel beyond it. */
function laplacian(values: Float64Array, width: number, height: number): Float64Array {
  return values.map((value, i) => {
    const [x, y] = [i % width, Math.floor(i / width)]
    const at = (column: number, row: number) =>
      values[Math.min(height - 1, Math.max(0, row)) * width + Math.min(width - 1, Math.max(0, column))]!
    return at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1) - 4 * value
  })
}

/** Lost pixels that share equations: those in each other's kernels, within a diamond of 2. */
function region(
  start: number,
  width: number,
  height: number,
  missing: Uint8Array,
  seen: Uint8Array,
): number[] {
  const pixels = [start]
  seen[start] = 1
  for (let at = 0; at < pixels.length; at++) {
    const [x, y] = [pixels[at]! % width, Math.floor(pixels[at]! / width)]
    for (let dy = -2; dy <= 2; dy++) {
      for (let dx = Math.abs(dy) - 2; dx <= 2 - Math.abs(dy); dx++) {
        const [column, row] = [x + dx, y + dy]
        if (column < 0 || row < 0 || column >= width || row >= height) continue
        const next = row * width + column
        if (!missing[next] || seen[next]) continue
        seen[next] = 1
        pixels.push(next)
      }
    }
  }
  return pixels
}

function knownRange({ channels, data }: FloatImage, missing: Uint8Array): { low: number; high: number }[] {
  const ranges = Array.from({ length: channels }, () => ({ low: Infinity, high: -Infinity }))
  for (let i = 0; i < data.length; i++) {
    if (missing[Math.floor(i / channels)]) continue
    const range = ranges[i % channels]!
    range.low = Math.min(range.low, data[i]!)
    range.high = Math.max(range.high, data[i]!)
  }
  if (ranges[0]!.low === Infinity)
    throw new AppError('bad-input', 'a picture of lost pixels alone cannot be filled')
  return ranges
}
