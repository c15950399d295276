import type { Sharp } from 'sharp'
import { untilAborted } from './abort.ts'
import type { Embedded } from './embed/pieces.ts'
import { embedPng } from './embed/png.ts'
import type { OutputFormat } from './formats.ts'
import { newSamples, type Raster, type Samples } from './raster.ts'
import { sharp } from './sharp.ts'

export interface EncodeOptions {
  /** 1 to 100; JPEG 92, WebP 90 and AVIF 70 by default. */
  readonly quality?: number
  /** WebP only. */
  readonly lossless?: boolean
  readonly signal?: AbortSignal
}

function rawImage(samples: Samples, width: number, height: number, channels: 1 | 2 | 3 | 4): Sharp {
  return sharp(samples, { raw: { width, height, channels }, limitInputPixels: false })
}

function spaceOf({ depth, channels }: Raster): string {
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
  const { width, height, channels, depth } = raster
  let image =
    format === 'avif' ? await withCarrier(raster, metadata) : rawImage(raster.pixels, width, height, channels)
  if (raster.alpha && format !== 'avif') {
    const plane = { raw: { width, height, channels: 1 as const }, limitInputPixels: false }
    image = image.joinChannel(raster.alpha as unknown as Buffer, plane)
  }
  image = image.toColourspace(spaceOf(raster))
  if (format === 'jpeg') {
    const quality = options.quality ?? 92
    image = image
      .flatten({ background: 'white' })
      .jpeg({ quality, chromaSubsampling: quality >= 90 ? '4:4:4' : '4:2:0' })
  } else if (format === 'webp') {
    image = image.webp({ quality: options.quality ?? 90, lossless: options.lossless ?? false, exact: true })
  } else if (format === 'avif') {
    image = image.avif({ quality: options.quality ?? 70, bitdepth: depth === 16 ? 10 : 8, effort: 2 })
  } else {
    image = image.png({ compressionLevel: 6, adaptiveFiltering: true })
  }
  await untilAborted(image.toFile(path), options.signal, `writing ${path}`)
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
  const { pieces } = await embedPng(null as never, plain.length, metadata)
  const carrier = Buffer.concat(
    pieces.map((piece) => (Buffer.isBuffer(piece) ? piece : plain.subarray(piece.start, piece.end))),
  )
  return sharp(carrier)
    .resize(width, height, { fit: 'fill', kernel: 'nearest' })
    .boolean(interleaved(raster) as unknown as Buffer, 'or', { raw: { width, height, channels: bands } })
    .keepExif()
    .keepXmp()
    .keepIccProfile()
}

/** Colours and alpha in one array; the raster's own where it is opaque. */
function interleaved({ width, height, channels, depth, pixels, alpha }: Raster): Samples {
  if (!alpha) return pixels
  const bands = channels + 1
  const out = newSamples(width * height * bands, depth)
  for (let i = 0, from = 0, to = 0; i < alpha.length; i++, to += bands) {
    for (let c = 0; c < channels; c++) out[to + c] = pixels[from++]
    out[to + channels] = alpha[i]
  }
  return out
}
