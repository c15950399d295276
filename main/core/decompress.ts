import { AppError, toAppError } from '../../shared/errors.ts'
import type { Model } from '../catalog/models.ts'
import { codeGrid } from '../code/grid.ts'
import type { Engine } from '../engine/host.ts'
import { newSamples, type Raster, type Samples } from '../imaging/raster.ts'
import { Shrinker } from '../imaging/shrink.ts'
import { rasterTile, setTile } from '../imaging/tile-pixels.ts'
import type { Rect } from '../imaging/tiles.ts'
import { decodePass, type PixelSink } from './codec/decode-pass.ts'
import type { DamagedTile } from './codec/decoded-tiles.ts'
import type { HgiFile } from './codec/hgi-file.ts'
import type { EngineTasks } from './engine-tasks.ts'
import { refOf } from './model-library.ts'

export interface DecompressSettings {
  /** in pixels; the whole picture by default. Only the tiles that it needs are read. */
  readonly region?: Rect | undefined
  /** a small picture, whose longer side is at most this; the large one is never whole in memory */
  readonly longestSide?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((fraction: number) => void) | undefined
  /** the bits of each latent position of a tile that was read */
  readonly onBits?: ((tile: number, bits: Float32Array) => void) | undefined
}

export interface Decompressed {
  readonly raster: Raster
  /** tiles that are checkers in the raster, by index */
  readonly damaged: readonly DamagedTile[]
  /** what else of the file is damaged, and was left out, in words */
  readonly lost: readonly string[]
}

/**
 * Decodes a picture, a region of it, or a small version.
 * @throws AppError `bad-input` for a region outside the picture; `corrupt` where no tile decodes; `aborted`,
 *   `engine`
 */
export async function decompress(
  engine: Engine<EngineTasks>,
  model: Model,
  file: HgiFile,
  { region: asked, longestSide, signal, onProgress, onBits }: DecompressSettings = {},
): Promise<Decompressed> {
  const { levelQ, width, height, channels, depth } = file.facts
  const grid = codeGrid(width, height)
  const region = asked ?? { x: 0, y: 0, width, height }
  checkRegion(file, region)
  const size = longestSide === undefined ? region : fitted(region, longestSide)
  const isSmall = size.width < region.width || size.height < region.height
  const make = () => {
    const pixels = newSamples(size.width * size.height * channels, depth)
    return { width: size.width, height: size.height, channels, pixels }
  }
  const shrinker = isSmall ? new Shrinker(region, size, 3) : null
  let target: ReturnType<typeof make> | null = null
  const sink: PixelSink = (place, image, offset) => {
    target ??= make()
    if (shrinker) shrinker.add(place, clipped(image), offset)
    else setTile(target, { ...place, x: place.x - region.x, y: place.y - region.y }, image, offset)
  }
  const damaged = await decodePass(
    file,
    {
      ...{ engine, model: refOf(model), levelQ, grid, region, signal, onBits },
      onTile: (done, of) => onProgress?.(done / of),
    },
    sink,
  )
  target ??= make()
  if (shrinker) setTile(target, { ...size, x: 0, y: 0 }, shrinker.result())
  const { metadata, lost } = await file.readMetadata()
  const alpha = await alphaOf(file, region, size, isSmall).catch((error) => {
    const { code, message } = toAppError(error)
    if (code !== 'corrupt') throw error
    lost.push(`alpha: ${message}`)
    return null
  })
  return { raster: { ...target, depth, alpha, metadata }, damaged, lost }
}

function checkRegion({ facts, path }: HgiFile, { x, y, width, height }: Rect): void {
  const isWhole = [x, y, width, height].every(Number.isInteger)
  const isInside = x >= 0 && y >= 0 && x + width <= facts.width && y + height <= facts.height
  if (isWhole && isInside && width > 0 && height > 0) return
  throw new AppError(
    'bad-input',
    `region ${width} x ${height} at ${x}, ${y}: not inside ${path} of ${facts.width} x ${facts.height}`,
  )
}

/** The same shape with the longer side at most so long, and no side below a pixel. */
function fitted({ width, height }: Rect, longestSide: number): { width: number; height: number } {
  const scale = Math.min(1, longestSide / Math.max(width, height))
  const side = (length: number) => Math.max(1, Math.round(length * scale))
  return { width: side(width), height: side(height) }
}

/** As the large picture's samples would be, before they are averaged. */
function clipped<Image extends { data: Float32Array }>(image: Image): Image {
  const { data } = image
  for (let i = 0; i < data.length; i++) data[i] = data[i]! >= 1 ? 1 : data[i]! > 0 ? data[i]! : 0
  return image
}

async function alphaOf(
  file: HgiFile,
  region: Rect,
  size: { width: number; height: number },
  isSmall: boolean,
): Promise<Samples | null> {
  const { width, height, depth, hasAlpha } = file.facts
  if (!hasAlpha) return null
  const plane = { width, height, channels: 1 as const, pixels: await file.readAlpha() }
  if (!isSmall && region.width === width && region.height === height) return plane.pixels
  const cut = newSamples(size.width * size.height, depth)
  const target = { ...size, channels: 1 as const, pixels: cut }
  const shrinker = new Shrinker(region, size, 1)
  // In bands, so that the floats of a large plane never are in memory at once.
  const bandRows = 256
  for (let y = 0; y < region.height; y += bandRows) {
    const rows = Math.min(bandRows, region.height - y)
    const band = { x: region.x, y: region.y + y, width: region.width, height: rows }
    const image = rasterTile(plane, band)
    if (isSmall) shrinker.add(band, image, { x: 0, y: 0 })
    else setTile(target, { x: 0, y, width: region.width, height: rows }, image)
  }
  if (isSmall) setTile(target, { ...size, x: 0, y: 0 }, shrinker.result())
  return cut
}
