import { open, rm, stat } from 'node:fs/promises'
import { AppError } from '../../shared/errors.ts'
import { stopIfAborted } from './abort.ts'
import { embedJpeg } from './embed/jpeg.ts'
import { assemble, type Embedded, type Embedder } from './embed/pieces.ts'
import { embedPng } from './embed/png.ts'
import { embedWebp } from './embed/webp.ts'
import { type MetadataWish, wishedMetadata } from './embed/wished.ts'
import { type EncodeOptions, encodeTo } from './encode.ts'
import { fileError } from './file-errors.ts'
import { type OutputFormat, outputFormats } from './formats.ts'
import { intoFile, publish, refuseConflict, temporaryName } from './publish.ts'
import { atDepth, type Raster } from './raster.ts'
import { writeTiff16 } from './write-tiff.ts'

export interface WriteOptions extends EncodeOptions {
  readonly format: OutputFormat
  /** Everything by default; `without-place` drops GPS and place names; `none` keeps the ICC profile only. */
  readonly metadata?: MetadataWish
  /** Replace a file that exists; the picture's own source is never replaced. */
  readonly overwrite?: boolean
}

export interface Written {
  readonly bytes: number
  /** What the format could not take: alpha flattened over white, metadata too large. */
  readonly warnings: string[]
}

const embedders: Partial<Record<OutputFormat, Embedder>> = {
  jpeg: embedJpeg,
  png: embedPng,
  png16: embedPng,
  webp: embedWebp,
}

/**
 * Writes a picture under a temporary name in the same folder, fsyncs it and gives it its name; a failure
 * leaves no file behind. A raster of another depth than the format's is converted with rounding, which
 * takes a copy (the 16-bit TIFF widens as it goes). ICC, XMP and EXIF go in byte for byte, except into
 * AVIF, where libexif rewrites the EXIF, and TIFF, where its directories are laid out anew.
 *
 * Memory beyond the raster (and its copy at another depth), in bytes a pixel: PNG, TIFF and JPEG above 50
 * megapixels next to none; smaller JPEG 12; WebP 5; AVIF 31, so that 100 megapixels take 3.7 GB there.
 *
 * @throws AppError conflict (it exists, or it is the source), too-large for the format, bad-input, unreadable
 *   (no permission, disk full), aborted.
 */
export async function writeImage(path: string, raster: Raster, options: WriteOptions): Promise<Written> {
  const { format, signal } = options
  const limits = outputFormats[format]
  if (!limits) {
    const names = Object.keys(outputFormats).join(', ')
    throw new AppError('bad-input', `format: expected one of ${names}, received ${format}`)
  }
  const { quality } = options
  if (quality !== undefined && !(Number.isInteger(quality) && quality >= 1 && quality <= 100)) {
    throw new AppError('bad-input', `quality: expected a whole number from 1 to 100, received ${quality}`)
  }
  if (Math.max(raster.width, raster.height) > limits.maxSide) {
    const size = `${raster.width} x ${raster.height}`
    throw new AppError(
      'too-large',
      `${path}: ${format} holds at most ${limits.maxSide} pixels a side, not ${size}`,
    )
  }
  await refuseConflict(path, raster.metadata.sourcePath, options.overwrite ?? false)
  const warnings: string[] = []
  const metadata = metadataFor(raster, options.metadata ?? 'all', format, warnings)
  if (format === 'jpeg' && raster.alpha) warnings.push('JPEG has no alpha: transparent parts became white')
  const temporary = temporaryName(path)
  const encoded = `${temporary}.pixels`
  try {
    const embed = embedders[format]
    const depth = format === 'avif' ? raster.depth : limits.depth
    if (format === 'tiff16') {
      await intoFile(temporary, (file) => writeTiff16(file, raster, metadata, signal))
    } else if (embed) {
      await encodeTo(encoded, atDepth(raster, depth), format, metadata, options)
      warnings.push(...(await embedInto(encoded, temporary, embed, metadata)))
    } else {
      await encodeTo(temporary, atDepth(raster, depth), format, metadata, options)
      await intoFile(temporary, async () => {}, 'r+')
    }
    stopIfAborted(signal, `writing ${path}`)
    const { size: bytes } = await stat(temporary)
    await publish(temporary, path, options.overwrite ?? false)
    return { bytes, warnings }
  } catch (error) {
    throw fileError('write', path, error)
  } finally {
    await rm(temporary, { force: true }).catch(() => {})
    await rm(encoded, { force: true }).catch(() => {})
  }
}

function metadataFor(raster: Raster, wish: MetadataWish, format: OutputFormat, warnings: string[]): Embedded {
  const wished = wishedMetadata(raster, wish)
  const greyProfile = wished.icc?.toString('latin1', 16, 20) === 'GRAY'
  // WebP and AVIF come out as RGB, which a grey profile does not describe
  if (!greyProfile || (format !== 'webp' && format !== 'avif')) return wished
  warnings.push(`${format} holds RGB: the grey ICC profile is left out`)
  return { ...wished, icc: null }
}

async function embedInto(
  encoded: string,
  target: string,
  embed: Embedder,
  metadata: Embedded,
): Promise<string[]> {
  const source = await open(encoded, 'r')
  try {
    const plan = await embed(source, (await source.stat()).size, metadata)
    await intoFile(target, (file) => assemble(source, file, plan.pieces))
    return plan.warnings
  } finally {
    await source.close()
  }
}
