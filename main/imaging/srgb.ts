import type { Sharp } from 'sharp'
import { pngPieces } from './embed/png.ts'
import { interleaved, rawImage, spaceOf } from './encode.ts'
import type { Raster } from './raster.ts'
import { sharp } from './sharp.ts'

/**
 * A picture that is in memory, as sharp has it after opening a file: output comes in 8-bit sRGB, through the picture's
 * ICC profile. Raw pixels bring no profile along, so that a picture with one passes through a PNG.
 *
 * @param longestSide makes it smaller first, where it is larger
 */
export async function srgb8Image(raster: Raster, longestSide?: number): Promise<Sharp> {
  const { width, height, channels, alpha, metadata } = raster
  let image = rawImage(interleaved(raster), width, height, (channels + (alpha ? 1 : 0)) as 1 | 2 | 3 | 4)
  if (longestSide !== undefined) image = image.resize(fitting(longestSide))
  if (!metadata.icc) return image.toColourspace('srgb')
  const plain = await image.toColourspace(spaceOf(raster)).png({ compressionLevel: 0 }).toBuffer()
  const wanted = { icc: metadata.icc, exif: null, xmp: null, densityPpi: null }
  const pieces = pngPieces(plain, plain.length, wanted)
  const png = pieces.map((piece) => (Buffer.isBuffer(piece) ? piece : plain.subarray(piece.start, piece.end)))
  return sharp(Buffer.concat(png), { limitInputPixels: false })
}

/** The longer side in pixels at most; smaller pictures stay as they are. */
export const fitting = (longestSide: number) =>
  ({ width: longestSide, height: longestSide, fit: 'inside', withoutEnlargement: true }) as const
