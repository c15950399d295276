import type { FloatImage } from '../../shared/image.ts'
import type { Rect } from './tiles.ts'

/**
 * Makes a small picture from parts of a large one as they come, without the large one ever being whole: each small
 * pixel is the mean of the area it covers. Values are averaged as they are (sRGB-encoded).
 */
export class Shrinker {
  readonly width: number
  readonly height: number
  readonly #region: Rect
  readonly #channels: 1 | 3
  readonly #sums: Float64Array

  /** @param region of the large picture; @param size of the small one, at most as large */
  constructor(region: Rect, size: { width: number; height: number }, channels: 1 | 3) {
    this.width = size.width
    this.height = size.height
    this.#region = region
    this.#channels = channels
    this.#sums = new Float64Array(size.width * size.height * channels)
  }

  /** Adds the pixels of `image` from `offset` on, which belong at `place` of the large picture; each pixel once. */
  add(place: Rect, image: Pick<FloatImage, 'width' | 'data'>, offset: { x: number; y: number }): void {
    const region = this.#region
    const channels = this.#channels
    const columns = coverage(place.x - region.x, place.width, this.width / region.width, this.width)
    const rows = coverage(place.y - region.y, place.height, this.height / region.height, this.height)
    for (let y = 0; y < place.height; y++) {
      let from = ((offset.y + y) * image.width + offset.x) * channels
      for (let x = 0; x < place.width; x++, from += channels) {
        for (let part = 0; part < 4; part++) {
          const [i, j] = [2 * y + (part >> 1), 2 * x + (part & 1)]
          const weight = rows.weights[i]! * columns.weights[j]!
          if (weight === 0) continue
          const to = (rows.at[i]! * this.width + columns.at[j]!) * channels
          for (let c = 0; c < channels; c++) this.#sums[to + c] += weight * image.data[from + c]!
        }
      }
    }
  }

  /** The means, in the unit of what was added. */
  result(): FloatImage {
    const { width, height } = this
    return { width, height, channels: this.#channels, data: Float32Array.from(this.#sums) }
  }
}

/** For each of the large picture's lines the two small ones it falls on, and its share of each one's area. */
function coverage(start: number, count: number, scale: number, limit: number) {
  const at = new Int32Array(2 * count)
  const weights = new Float64Array(2 * count)
  for (let i = 0; i < count; i++) {
    const from = (start + i) * scale
    const to = from + scale
    const first = Math.min(limit - 1, Math.floor(from + 1e-9))
    const inFirst = Math.min(to, first + 1) - from
    at[2 * i] = first
    at[2 * i + 1] = Math.min(limit - 1, first + 1)
    weights[2 * i] = inFirst
    weights[2 * i + 1] = Math.max(0, to - from - inFirst)
  }
  return { at, weights }
}
