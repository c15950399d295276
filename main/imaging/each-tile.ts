import { AppError } from '../../shared/errors.ts'
import type { FloatImage } from '../../shared/image.ts'
import { stopIfAborted, untilAborted } from './abort.ts'
import type { Raster } from './raster.ts'
import { type PixelGrid, rasterTile, setTile } from './tile-pixels.ts'
import type { Tile, TilePlan } from './tiles.ts'

export interface EachTileOptions {
  /** Tiles in work at once: 2 lets the next be cut while the engine computes. 1 by default. */
  readonly concurrency?: number
  /** Hand grey pictures over as RGB and average what comes back. */
  readonly asRgb?: boolean
  readonly signal?: AbortSignal
  readonly onProgress?: (done: { tiles: number; of: number }) => void
}

/**
 * Sends each tile's input through `process` and writes the core of the answer, which has the input's size,
 * into `target`. Source and target may be the same raster: each row of tiles works on a copy of its rows as
 * they were. They may differ in depth, never in size.
 *
 *   memory in bytes = source + (target, if another)
 *                   + in place: width * channels * depth / 8 * (core + 2 halo) * 2
 *                   + concurrency * 2 * 12 * (core + 2 halo)^2
 *
 * At 100 megapixels (12000 x 8400), core 512, halo 64, in place: 302 MB + 51 MB + 21 MB for 8-bit RGB.
 *
 * @throws AppError aborted at once when the signal fires; whatever `process` throws. The target is then
 *   partly written.
 */
export async function eachTile(
  source: Raster,
  target: Raster,
  plan: TilePlan,
  process: (image: FloatImage, tile: Tile) => Promise<FloatImage>,
  options: EachTileOptions = {},
): Promise<void> {
  for (const [name, size] of Object.entries({ target, plan })) {
    if (size.width !== source.width || size.height !== source.height || target.channels !== source.channels) {
      throw new AppError(
        'internal',
        `the ${name} does not fit the source of ${source.width} x ${source.height}`,
      )
    }
  }
  const inPlace = source.pixels.buffer === target.pixels.buffer
  const limit = Math.max(1, options.concurrency ?? 1)
  let tiles = 0
  let band: Band = { top: 0, grid: { ...source, height: 0, pixels: source.pixels.subarray(0, 0) } }
  for (const row of plan.rows) {
    const { y, height } = row[0].input
    band = inPlace ? copyBand(source, band, y, height) : { top: 0, grid: source }
    const { top, grid } = band
    const one = async (tile: Tile) => {
      stopIfAborted(options.signal, 'working through a picture')
      const { core, input } = tile
      const image = rasterTile(grid, { ...input, y: input.y - top }, { asRgb: options.asRgb ?? false })
      const answer = await untilAborted(process(image, tile), options.signal, 'working through a picture')
      if (answer.width !== image.width || answer.height !== image.height) {
        const sizes = `${image.width} x ${image.height}, received ${answer.width} x ${answer.height}`
        throw new AppError('internal', `a processed tile: expected ${sizes}`)
      }
      setTile(target, core, answer, { x: core.x - input.x, y: core.y - input.y })
      tiles++
      options.onProgress?.({ tiles, of: plan.tileCount })
    }
    await pooled(row, limit, one)
  }
}

interface Band {
  readonly top: number
  readonly grid: PixelGrid
}

/** Rows [top, top + height) as they were before any tile was written: what the last band had, then the source. */
function copyBand(source: Raster, last: Band, top: number, height: number): Band {
  const rowLength = source.width * source.channels
  const pixels = source.pixels.slice(top * rowLength, (top + height) * rowLength)
  const known = last.top + last.grid.height - top
  if (known > 0) pixels.set(last.grid.pixels.subarray((top - last.top) * rowLength))
  return { top, grid: { width: source.width, height, channels: source.channels, pixels } }
}

/** Runs `work` over the items, `limit` at a time; after a failure no further one starts, and all have ended. */
export async function pooled<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0
  let failed = false
  const worker = async () => {
    while (next < items.length && !failed) {
      try {
        await work(items[next++])
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  const results = await Promise.allSettled(Array.from({ length: limit }, worker))
  const failure = results.find((result) => result.status === 'rejected')
  if (failure) throw failure.reason
}
