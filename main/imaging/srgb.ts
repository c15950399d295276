import type { Sharp } from 'sharp'
import { pngPieces } from './embed/png.ts'
import { rawImage, spaceOf } from './encode.ts'
import type { Raster } from './raster.ts'
import { sharp } from './sharp.ts'

/**
 * A picture that is in memory, as sharp has it after opening a file: output comes in 8-bit sRGB, through the picture's
 * ICC profile. Alpha is left out. Raw pixels bring no profile along, so that a picture with one passes through a PNG.
 */
export async function srgb8Image(raster: Raster): Promise<Sharp> {
  const { width, height, channels, pixels, metadata } = raster
  const image = rawImage(pixels, width, height, channels).toColourspace(spaceOf(raster))
  if (!metadata.icc) return rawImage(pixels, width, height, channels).toColourspace('srgb')
  const plain = await image.png({ compressionLevel: 0 }).toBuffer()
  const wanted = { icc: metadata.icc, exif: null, xmp: null, densityPpi: null }
  const pieces = pngPieces(plain, plain.length, wanted)
  const png = pieces.map((piece) => (Buffer.isBuffer(piece) ? piece : plain.subarray(piece.start, piece.end)))
  return sharp(Buffer.concat(png), { limitInputPixels: false })
}
