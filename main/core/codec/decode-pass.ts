import { AppError } from '../../../shared/errors.ts'
import type { FloatImage } from '../../../shared/image.ts'
import { overlap, tileRect, tilesAt } from '../../code/grid.ts'
import { stopIfAborted } from '../../imaging/abort.ts'
import { pooled } from '../../imaging/each-tile.ts'
import type { Rect } from '../../imaging/tiles.ts'
import { type DamagedTile, type DecodeContext, DecodedTiles, type TileSource } from './decoded-tiles.ts'
import { synthesise, tilesFor } from './synthesise.ts'

export interface DecodePassOptions extends DecodeContext {
  /** what is wanted of the picture, in pixels inside it */
  readonly region: Rect
  readonly onTile?: (done: number, of: number) => void
}

/** Takes decoded pixels: those of `image` from `offset` on belong at `place` of the picture. */
export type PixelSink = (place: Rect, image: FloatImage, offset: { x: number; y: number }) => void

/**
 * Decodes a region tile by tile, reading only the tiles it touches and those whose latents reach into it. A tile that
 * is damaged becomes a checker of greys that no photo holds, and is named; its neighbours are made without it.
 * Memory stays flat: three rows of tiles' latents. The sink hears nothing before a tile has been decoded: only then is a
 * size that a file claims worth its memory.
 * @throws AppError `corrupt` where no tile decodes; `aborted`, `engine`, and what reading and the model's tasks throw, all but a tile's damage
 */
export async function decodePass(
  source: TileSource,
  options: DecodePassOptions,
  sink: PixelSink,
): Promise<DamagedTile[]> {
  const { grid, region, signal, onTile } = options
  const decoded = new DecodedTiles(source, options)
  const wanted = tilesAt(grid, region)
  await refuseWhollyDamaged(decoded, wanted)
  let done = 0
  const one = async (tile: number) => {
    stopIfAborted(signal, 'decompressing')
    const place = overlap(tileRect(grid, tile), region)
    await decoded.load(tilesFor(grid, place))
    if (decoded.latents(tile)) {
      const { image, offset } = await synthesise(options, tile, place, decoded.latents)
      sink(place, image, offset)
    } else {
      sink(place, checker(place), { x: 0, y: 0 })
    }
    onTile?.(++done, wanted.length)
  }
  const rowOf = (tile: number) => Math.floor(tile / grid.columns)
  for (const row of new Set(wanted.map(rowOf))) {
    decoded.letGoBefore((row - 1) * grid.columns)
    await pooled(
      wanted.filter((tile) => rowOf(tile) === row),
      2,
      one,
    )
  }
  return decoded.damaged.sort((a, b) => a.tile - b.tile)
}

async function refuseWhollyDamaged(decoded: DecodedTiles, wanted: readonly number[]): Promise<void> {
  for (const tile of wanted) {
    await decoded.load([tile])
    if (decoded.latents(tile)) return
  }
  const [first] = decoded.damaged
  const none = wanted.length === 1 ? 'its one tile cannot' : `none of its ${wanted.length} tiles can`
  throw new AppError('corrupt', `${none} be decoded (${first!.reason})`)
}

const checkerSide = 32
const checkerGreys = [0.35, 0.65] as const

/** Squares that join over neighbouring damaged tiles. */
function checker({ x: left, y: top, width, height }: Rect): FloatImage {
  const data = new Float32Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const square = Math.floor((left + x) / checkerSide) + Math.floor((top + y) / checkerSide)
      const at = 3 * (y * width + x)
      data.fill(checkerGreys[square % 2]!, at, at + 3)
    }
  }
  return { width, height, channels: 3, data }
}
