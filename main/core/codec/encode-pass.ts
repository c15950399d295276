import { overlap, tileInput, tileRect } from '../../code/grid.ts'
import { stopIfAborted } from '../../imaging/abort.ts'
import { pooled } from '../../imaging/each-tile.ts'
import { newSamples, type Raster } from '../../imaging/raster.ts'
import { toSamples } from '../../imaging/sample-floats.ts'
import { replicatedTile, setTile } from '../../imaging/tile-pixels.ts'
import type { Effort } from '../engine-tasks.ts'
import type { PixelSink } from './decode-pass.ts'
import { type SynthesisContext, synthesise } from './synthesise.ts'

export interface CodedTile {
  readonly stream: Uint8Array
  readonly symbolsCrc32: number
}

/** What one pass over tiles of a picture gave. */
export interface EncodePass {
  readonly levelQ: number
  /** of the tiles asked for, in their order */
  readonly tiles: readonly CodedTile[]
  readonly estimatedBits: number
  /** of the decoded pixels against the picture's, both at its depth; null where it was not measured */
  readonly psnrDb: number | null
}

export interface EncodePassOptions extends SynthesisContext {
  readonly effort: Effort
  /** the tiles by index, rising; all by default */
  readonly tiles?: readonly number[]
  /** false leaves out the decoder's half of the work, and the PSNR */
  readonly measure?: boolean
  readonly onTile?: () => void
  /** what a decoder would see of a tile that was measured */
  readonly onDecoded?: PixelSink | undefined
}

/**
 * Codes tiles at one level. Memory beyond the raster stays flat: of the decoded latents, which the PSNR needs, only
 * the rows of tiles around the one in work are kept (2 MiB a tile).
 * @throws AppError `aborted`, `engine`, and what the model's tasks throw
 */
export async function encodePass(raster: Raster, options: EncodePassOptions): Promise<EncodePass> {
  const { engine, model, levelQ, effort, grid, signal, onTile, onDecoded, measure = true } = options
  const wanted = options.tiles ?? Array.from({ length: grid.rows * grid.columns }, (_, i) => i)
  const coded = new Map<number, CodedTile>()
  const latents = new Map<number, Int16Array>()
  const context = raster.channels === 3 ? { ...options, depth: raster.depth } : options
  let [estimatedBits, squaredError, samples] = [0, 0, 0]

  const encode = async (tile: number) => {
    stopIfAborted(signal, 'compressing')
    const [core, input] = [tileRect(grid, tile), tileInput(grid, tile)]
    const { width, height, data } = replicatedTile(raster, input)
    const pixels = toSamples(data, raster.depth)
    const place = { ...core, x: core.x - input.x, y: core.y - input.y }
    const request = { model, levelQ, effort, width, height, pixels, core: place }
    const answer = await engine.call('encodeTile', request, { signal })
    coded.set(tile, { stream: answer.stream, symbolsCrc32: answer.symbolsCrc32 })
    if (measure) latents.set(tile, answer.latents)
    estimatedBits += answer.estimatedBits
    onTile?.()
  }
  const measureTile = async (tile: number) => {
    stopIfAborted(signal, 'compressing')
    const visible = overlap(tileRect(grid, tile), { x: 0, y: 0, width: grid.width, height: grid.height })
    const { image, offset } = await synthesise(context, tile, visible, (at) => latents.get(at) ?? null)
    const decoded = newSamples(visible.width * visible.height * raster.channels, raster.depth)
    const target = {
      width: visible.width,
      height: visible.height,
      channels: raster.channels,
      pixels: decoded,
    }
    setTile(target, { ...visible, x: 0, y: 0 }, image, offset)
    onDecoded?.(visible, image, offset)
    squaredError += differenceSquared(raster, visible, decoded)
    samples += decoded.length
  }

  const rowOf = (tile: number) => Math.floor(tile / grid.columns)
  const rows = [...new Set(wanted.map(rowOf))]
  let unmeasured: number[] = []
  for (const row of rows) {
    const inRow = wanted.filter((tile) => rowOf(tile) === row)
    await pooled(inRow, 2, encode)
    if (!measure) continue
    await pooled(unmeasured, 2, measureTile)
    for (const tile of latents.keys()) if (rowOf(tile) < row - 1) latents.delete(tile)
    unmeasured = inRow
  }
  await pooled(unmeasured, 2, measureTile)
  const peak = raster.depth === 8 ? 255 : 65535
  return {
    levelQ,
    tiles: wanted.map((tile) => coded.get(tile)!),
    estimatedBits,
    psnrDb: measure ? 10 * Math.log10((peak * peak * samples) / squaredError) : null,
  }
}

/** Sum of the squared differences of a part of a raster and samples of the same depth and channels. */
function differenceSquared(
  raster: Raster,
  part: { x: number; y: number; width: number; height: number },
  decoded: ArrayLike<number>,
): number {
  const { pixels, channels, width } = raster
  let sum = 0
  let at = 0
  for (let y = part.y; y < part.y + part.height; y++) {
    const start = (y * width + part.x) * channels
    for (let i = start; i < start + part.width * channels; i++) {
      const difference = pixels[i] - decoded[at++]
      sum += difference * difference
    }
  }
  return sum
}
