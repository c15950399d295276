import { pngPieces } from '../../imaging/embed/png.ts'
import { newSamples, type Raster, samplesAtDepth } from '../../imaging/raster.ts'
import { sharp } from '../../imaging/sharp.ts'
import type { Rect } from '../../imaging/tiles.ts'

/** A file to be sent. */
export interface SentFile {
  readonly type: string
  readonly bytes: Uint8Array
}

/**
 * A piece of a picture as a lossless PNG of 8 bits with the picture's own profile.
 * @param rect inside the picture
 */
export async function tilePng(raster: Raster, rect: Rect): Promise<SentFile> {
  const { pixels, bands } = cut(raster, rect)
  const image = sharp(pixels, { raw: { width: rect.width, height: rect.height, channels: bands } })
  const space = raster.channels === 1 ? 'b-w' : 'srgb'
  // The least effort: what is saved in bytes costs more time than sending them does.
  const png = await image
    .toColourspace(space)
    .png({ compressionLevel: 1, adaptiveFiltering: false })
    .toBuffer()
  return { type: 'image/png', bytes: withProfile(png, raster.metadata.icc) }
}

/** The whole picture, no side above `size`: WebP, or PNG where a profile has to go along. */
export async function fitPicture(raster: Raster, size: number): Promise<SentFile> {
  const { width, height, metadata } = raster
  const { pixels, bands } = cut(raster, { x: 0, y: 0, width, height })
  const image = sharp(pixels, { raw: { width, height, channels: bands }, limitInputPixels: false })
    .resize(size, size, { fit: 'inside', withoutEnlargement: true })
    .toColourspace(raster.channels === 1 ? 'b-w' : 'srgb')
  if (!metadata.icc)
    return { type: 'image/webp', bytes: await image.webp({ quality: 85, effort: 0 }).toBuffer() }
  const png = await image.png({ compressionLevel: 1 }).toBuffer()
  return { type: 'image/png', bytes: withProfile(png, metadata.icc) }
}

function withProfile(png: Buffer, icc: Buffer | null): Uint8Array {
  if (!icc) return png
  const pieces = pngPieces(png.subarray(0, 4096), png.length, {
    icc,
    exif: null,
    xmp: null,
    densityPpi: null,
  })
  return Buffer.concat(
    pieces.map((piece) => (Buffer.isBuffer(piece) ? piece : png.subarray(piece.start, piece.end))),
  )
}

/** 8-bit samples of a rectangle, alpha among them; the raster's own where it is all of them. */
function cut(raster: Raster, rect: Rect): { pixels: Uint8Array; bands: 1 | 2 | 3 | 4 } {
  const { width, height, channels, alpha, depth } = raster
  const bands = (channels + (alpha ? 1 : 0)) as 1 | 2 | 3 | 4
  const isWhole = rect.x === 0 && rect.y === 0 && rect.width === width && rect.height === height
  if (isWhole && !alpha) return { pixels: samplesAtDepth(raster.pixels, 8) as Uint8Array, bands }
  const out = newSamples(rect.width * rect.height * bands, depth)
  for (let y = 0; y < rect.height; y++) {
    const row = (rect.y + y) * width + rect.x
    const to = y * rect.width * bands
    if (!alpha) {
      out.set(raster.pixels.subarray(row * channels, (row + rect.width) * channels), to)
      continue
    }
    for (let x = 0; x < rect.width; x++) {
      for (let c = 0; c < channels; c++) out[to + x * bands + c] = raster.pixels[(row + x) * channels + c]!
      out[to + x * bands + channels] = alpha[row + x]!
    }
  }
  return { pixels: samplesAtDepth(out, 8) as Uint8Array, bands }
}
