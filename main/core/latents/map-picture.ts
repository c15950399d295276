import { newSamples, noMetadata, type Raster } from '../../imaging/raster.ts'
import type { SmallShape } from '../../training/data/small-photos.ts'

/** Colours that are told apart by most eyes (Okabe and Ito, 2008), then lighter ones. */
const palette = [
  ...[0xe69f00, 0x56b4e9, 0x009e73, 0xf0e442, 0x0072b2, 0xd55e00, 0xcc79a7, 0xbbbbbb, 0xff9da7, 0x8cd17d],
  ...[0x9c755f, 0xb6992d],
]

/**
 * A map as a picture: the images at their places, tinted by group, the first where several overlap.
 * @param groups of each item, for its colour
 */
export function mapPicture(
  xy: Float32Array,
  values: Float32Array,
  shape: SmallShape,
  groups: ArrayLike<number> | null,
  side = 1600,
): Raster {
  const { rows, columns, channels } = shape
  const count = xy.length / 2
  const size = rows * columns * channels
  const pixels = newSamples(side * side * 3, 8).fill(22)
  const [xs, ys] = [range(xy, 0), range(xy, 1)]
  const scale = (side - Math.max(rows, columns)) / Math.max(xs.high - xs.low, ys.high - ys.low, 1e-9)
  for (let i = count - 1; i >= 0; i--) {
    const left = Math.round((xy[2 * i]! - xs.low) * scale)
    const top = Math.round((ys.high - xy[2 * i + 1]!) * scale)
    const colour = groups ? palette[groups[i]! % palette.length]! : 0xe8e8e8
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        const to = ((top + y) * side + left + x) * 3
        if (top + y >= side || left + x >= side) continue
        for (let c = 0; c < 3; c++) {
          const value = values[i * size + (y * columns + x) * channels + (channels === 3 ? c : 0)]!
          const tint = groups || channels === 1 ? ((colour >> (16 - 8 * c)) & 255) / 255 : 1
          // Grey images are light on nothing: their dark parts let others through.
          const shown = Math.round(255 * value * tint)
          pixels[to + c] = channels === 1 ? Math.max(pixels[to + c]!, shown) : shown
        }
      }
    }
  }
  return { width: side, height: side, channels: 3, depth: 8, pixels, alpha: null, metadata: noMetadata }
}

function range(xy: Float32Array, axis: 0 | 1): { low: number; high: number } {
  let [low, high] = [Infinity, -Infinity]
  for (let i = axis; i < xy.length; i += 2) {
    low = Math.min(low, xy[i]!)
    high = Math.max(high, xy[i]!)
  }
  return { low, high }
}
