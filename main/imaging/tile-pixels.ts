import { AppError } from '../../shared/errors.ts'
import type { FloatImage } from '../../shared/image.ts'
import type { Raster, Samples } from './raster.ts'
import type { Rect } from './tiles.ts'

/** Just what is needed to read or write pixels: a raster, or a band of its rows. */
export type PixelGrid = Pick<Raster, 'width' | 'height' | 'channels'> & { readonly pixels: Samples }

function checkInside(grid: PixelGrid, rect: Rect): void {
  const inside =
    rect.x >= 0 && rect.y >= 0 && rect.x + rect.width <= grid.width && rect.y + rect.height <= grid.height
  if (!inside) {
    const size = `${rect.width} x ${rect.height} at ${rect.x}, ${rect.y}`
    throw new AppError('internal', `tile ${size} lies outside a picture of ${grid.width} x ${grid.height}`)
  }
}

/** The rectangle as floats in [0, 1]; with `asRgb` a grey picture is repeated into three channels. */
export function rasterTile(grid: PixelGrid, rect: Rect, options: { asRgb?: boolean } = {}): FloatImage {
  checkInside(grid, rect)
  const { pixels, channels } = grid
  const scale = pixels instanceof Uint8Array ? 1 / 255 : 1 / 65535
  const repeat = options.asRgb && channels === 1 ? 3 : 1
  const rowLength = rect.width * channels
  const data = new Float32Array(rect.height * rowLength * repeat)
  let to = 0
  for (let y = 0; y < rect.height; y++) {
    const from = ((rect.y + y) * grid.width + rect.x) * channels
    if (repeat === 1) {
      for (let i = from; i < from + rowLength; i++) data[to++] = pixels[i] * scale
    } else {
      for (let i = from; i < from + rowLength; i++, to += 3) {
        data[to] = data[to + 1] = data[to + 2] = pixels[i] * scale
      }
    }
  }
  return { width: rect.width, height: rect.height, channels: repeat === 3 ? 3 : channels, data }
}

/**
 * As `rasterTile` with `asRgb`, of a rectangle that starts inside the picture and may end beyond its right and lower
 * edge: there the last column and row are repeated.
 */
export function replicatedTile(grid: PixelGrid, rect: Rect): FloatImage {
  const width = Math.min(rect.width, grid.width - rect.x)
  const height = Math.min(rect.height, grid.height - rect.y)
  const inside = rasterTile(grid, { ...rect, width, height }, { asRgb: true })
  if (width === rect.width && height === rect.height) return inside
  const data = new Float32Array(rect.width * rect.height * 3)
  const rowLength = rect.width * 3
  for (let y = 0; y < rect.height; y++) {
    const at = y * rowLength
    if (y >= height) {
      data.copyWithin(at, at - rowLength, at)
      continue
    }
    data.set(inside.data.subarray(y * width * 3, (y + 1) * width * 3), at)
    for (let i = at + width * 3; i < at + rowLength; i++) data[i] = data[i - 3]
  }
  return { width: rect.width, height: rect.height, channels: 3, data }
}

/**
 * Writes the part of `image` that starts at `offset` into the rectangle: clipped to [0, 1], rounded to the
 * nearest value of the picture's depth. RGB into grey is averaged.
 */
export function setTile(grid: PixelGrid, rect: Rect, image: FloatImage, offset = { x: 0, y: 0 }): void {
  checkInside(grid, rect)
  if (
    offset.x + rect.width > image.width ||
    offset.y + rect.height > image.height ||
    image.channels < grid.channels
  ) {
    throw new AppError(
      'internal',
      `expected an image that covers ${rect.width} x ${rect.height} x ${grid.channels} from ${offset.x}, ${offset.y}; ` +
        `received ${image.width} x ${image.height} x ${image.channels}`,
    )
  }
  const { pixels, channels } = grid
  const { data } = image
  const max = pixels instanceof Uint8Array ? 255 : 65535
  const average = image.channels === 3 && channels === 1
  const rowLength = rect.width * channels
  for (let y = 0; y < rect.height; y++) {
    let from = ((offset.y + y) * image.width + offset.x) * image.channels
    const start = ((rect.y + y) * grid.width + rect.x) * channels
    for (let i = start; i < start + rowLength; i++) {
      let value = data[from++]
      if (average) value = (value + data[from++] + data[from++]) / 3
      // a NaN fails both comparisons and is stored as 0
      pixels[i] = value >= 1 ? max : value > 0 ? value * max + 0.5 : 0
    }
  }
}
