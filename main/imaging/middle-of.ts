import { blankLike, type Raster } from './raster.ts'
import { rasterTile, setTile } from './tile-pixels.ts'

/** The middle of a large picture, without alpha: at most this side, so that what takes long is there in seconds. */
export function middleOf(source: Raster, side = 1024): Raster {
  const { width, height } = source
  if (width * height <= 1.5 * side ** 2) return source
  const size = { width: Math.min(width, side), height: Math.min(height, side) }
  const place = { x: (width - size.width) >> 1, y: (height - size.height) >> 1, ...size }
  const piece = blankLike({ ...source, ...size, alpha: null })
  setTile(piece, { ...size, x: 0, y: 0 }, rasterTile(source, place))
  return piece
}
