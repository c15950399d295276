import { rm } from 'node:fs/promises'
import type { Sharp } from 'sharp'
import { stopIfAborted, untilAborted } from './abort.ts'
import type { Embedded } from './embed/pieces.ts'
import { pngPieces } from './embed/png.ts'
import type { OutputFormat } from './formats.ts'
import { newSamples, type Raster, type Samples } from './raster.ts'
import { sharp } from './sharp.ts'

/** Of 0 to 9: sharp's own default of 4 took six times as long for a tenth of the bytes. */
const avifEffort = 3

/**
 * Optimal Huffman tables make a JPEG some percent smaller, but the encoder holds all coefficients for them:
 * 12 bytes a pixel, 1.2 GB at 100 megapixels. Larger pictures do without.
 */
const optimizedJpegPixels = 50e6

export interface EncodeOptions {
  /** 1 to 100; JPEG 92, WebP 90 and AVIF 70 by default. */
  readonly quality?: number
  /** WebP only. */
  readonly lossless?: boolean
  readonly signal?: AbortSignal
}

export function rawImage(samples: Samples, width: number, height: number, channels: 1 | 2 | 3 | 4): Sharp {
  return sharp(samples, { raw: { width, height, channels }, limitInputPixels: false })
}

export function spaceOf({ depth, channels }: Raster): string {
  return depth === 16 ? (channels === 1 ? 'grey16' : 'rgb16') : channels === 1 ? 'b-w' : 'srgb'
}

/**
 * Encodes the pixels (already at the format's depth) into `path` with sharp. Only AVIF takes its metadata
 * here; the other containers get it afterwards, byte for byte.
 */
export async function encodeTo(
  path: string,
  raster: Raster,
  format: Exclude<OutputFormat, 'tiff16'>,
  metadata: Embedded,
  options: EncodeOptions,
): Promise<void> {
  stopIfAborted(options.signal, `writing ${path}`)
  let image = format === 'avif' ? await withCarrier(raster, metadata) : withAlpha(raster, format)
  image = image.toColourspace(spaceOf(raster))
  if (format === 'jpeg') {
    const quality = options.quality ?? 92
    const chromaSubsampling = quality >= 90 ? '4:4:4' : '4:2:0'
    const optimizeCoding = raster.width * raster.height <= optimizedJpegPixels
    image = image.flatten({ background: 'white' }).jpeg({ quality, chromaSubsampling, optimizeCoding })
  } else if (format === 'webp') {
    const lossless = options.lossless ?? false
    // effort 2 takes half the time of the default 4 and came out no larger
    image = image.webp({ quality: options.quality ?? 90, lossless, exact: true, effort: lossless ? 4 : 2 })
  } else if (format === 'avif') {
    image = image.avif({
      quality: options.quality ?? 70,
      bitdepth: raster.depth === 16 ? 10 : 8,
      effort: avifEffort,
    })
  } else {
    image = image.png({ compressionLevel: 4, adaptiveFiltering: true })
  }
  const work = image.toFile(path)
  try {
    await untilAborted(work, options.signal, `writing ${path}`)
  } catch (error) {
    // the encoder runs on to its end after an abort, and only then can its file go
    if (options.signal?.aborted) work.catch(() => {}).then(() => rm(path, { force: true }).catch(() => {}))
    throw error
  }
}

function withAlpha(raster: Raster, format: OutputFormat): Sharp {
  const { width, height, channels, pixels, alpha } = raster
  // sharp flattens before it joins channels, so that JPEG needs alpha in place from the start
  if (alpha && format === 'jpeg') return rawImage(interleaved(raster), width, height, (channels + 1) as 2 | 4)
  const image = rawImage(pixels, width, height, channels)
  if (!alpha) return image
  const plane = { raw: { width, height, channels: 1 as const }, limitInputPixels: false }
  return image.joinChannel(alpha as unknown as Buffer, plane)
}

/**
 * AVIF keeps metadata in boxes that point at each other, and raw pixels bring none along: so a black PNG of
 * one pixel that has the metadata is stretched, and the raw pixels are or-ed onto it, which is exact.
 */
async function withCarrier(raster: Raster, metadata: Embedded): Promise<Sharp> {
  const { width, height, depth } = raster
  const bands = (raster.channels + (raster.alpha ? 1 : 0)) as 1 | 2 | 3 | 4
  const black = rawImage(newSamples(bands, depth), 1, 1, bands)
  const plain = await black.toColourspace(spaceOf(raster)).png().toBuffer()
  const pieces = pngPieces(plain, plain.length, metadata)
  const carrier = Buffer.concat(
    pieces.map((piece) => (Buffer.isBuffer(piece) ? piece : plain.subarray(piece.start, piece.end))),
  )
  const image = sharp(carrier)
    .resize(width, height, { fit: 'fill', kernel: 'nearest' })
    .boolean(interleaved(raster) as unknown as Buffer, 'or', { raw: { width, height, channels: bands } })
    .keepXmp()
    .keepIccProfile()
  // asked to keep what is not there, libexif would make it up
  return metadata.exif ? image.keepExif() : image
}

/** Colours and alpha in one array; the raster's own where it is opaque. */
export function interleaved({ width, height, channels, depth, pixels, alpha }: Raster): Samples {
  if (!alpha) return pixels
  const bands = channels + 1
  const out = newSamples(width * height * bands, depth)
  for (let i = 0, from = 0, to = 0; i < alpha.length; i++, to += bands) {
    for (let c = 0; c < channels; c++) out[to + c] = pixels[from++]
    out[to + channels] = alpha[i]
  }
  return out
}
