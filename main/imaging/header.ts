import { realpath } from 'node:fs/promises'
import type { Metadata } from 'sharp'
import { AppError } from '../../shared/errors.ts'
import { exifFromTiff } from './exif/build.ts'
import { orientationOf, uprightExif } from './exif/edit.ts'
import { uprightXmp } from './exif/xmp.ts'
import { withFileBytes } from './file-bytes.ts'
import { checkImageFile, decodeError } from './file-errors.ts'
import { formatOfName, type ImageFormat, isRaw } from './formats.ts'
import { describedColours } from './heif-colours.ts'
import { checkPixelCount, defaultLimitPixels } from './pixel-limit.ts'
import type { ImageMetadata } from './raster.ts'
import { readRawHeader } from './raw/header.ts'
import { sharp } from './sharp.ts'

/** A file's header, before any pixel is decoded. */
export interface ImageHeader {
  readonly bytes: number
  readonly format: ImageFormat
  /** Size of the upright picture. */
  readonly width: number
  readonly height: number
  readonly orientation: number
  readonly channels: 1 | 3
  readonly depth: 8 | 16
  readonly hasAlpha: boolean
  /** 10 or 12 for such AVIF and HEIC files, else the depth. */
  readonly significantBits: number
  /** Pixels that are neither grey nor RGB: they become sRGB, and the profile goes. */
  readonly converts: 'cmyk' | 'lab' | null
  /** What the raster will carry; `exif` is already that of an upright picture. */
  readonly metadata: ImageMetadata
}

/**
 * Reads and checks the header. `limitPixels` stops decompression bombs before they are decoded.
 *
 * @throws AppError not-found, unreadable, unsupported, too-large or corrupt, naming the file.
 */
export async function readHeader(
  path: string,
  limitPixels = defaultLimitPixels,
  signal?: AbortSignal,
): Promise<ImageHeader> {
  const { bytes, format } = await checkImageFile(path)
  if (isRaw(format)) return readRawHeader(path, { bytes, format, limitPixels, signal })
  let head: Metadata
  try {
    head = await sharp(path, { limitInputPixels: false, failOn: 'none' }).metadata()
  } catch (error) {
    throw await decodeError(path, format, error)
  }
  checkPixelCount(path, head, limitPixels)
  const converts =
    head.space === 'cmyk' ? 'cmyk' : head.space === 'lab' || head.space === 'labs' ? 'lab' : null
  const colourCount = head.channels - (head.hasAlpha ? 1 : 0)
  const known =
    ['srgb', 'rgb', 'rgb16', 'b-w', 'grey16'].includes(head.space) && (colourCount === 1 || colourCount === 3)
  if (!converts && (!known || !['uchar', 'ushort'].includes(head.depth))) {
    throw new AppError(
      'unsupported',
      `${path} holds ${head.channels} channels of ${head.depth} in the colour space ${head.space}; ` +
        'expected grey or RGB of 8 or 16 bits, CMYK, or Lab',
    )
  }
  const rawExif = format === 'tiff' ? await tiffExif(path) : withoutPrefix(head.exif ?? null)
  // AVIF and HEIC turn their pixels by their own `irot`, which the decoder applies; EXIF only repeats it
  const isHeif = format === 'avif' || format === 'heic'
  const orientation = isHeif ? 1 : (head.orientation ?? (rawExif ? orientationOf(rawExif) : 1))
  const lying = orientation >= 5
  const width = lying ? head.height : head.width
  const height = lying ? head.width : head.height
  const exif = rawExif && uprightExif(rawExif, width, height)
  const xmp = head.xmp ? uprightXmp(head.xmp) : null
  const depth = head.depth === 'ushort' || converts === 'lab' ? 16 : 8
  const notes: string[] = []
  const promised = formatOfName(path)
  if (promised && promised !== format) notes.push(`named like ${promised}, but is ${format}`)
  if ((head.pages ?? 1) > 1) {
    notes.push(
      format === 'heic' ? `the main one of ${head.pages} pictures` : `the first of ${head.pages} frames`,
    )
  }
  if (converts) notes.push(`converted from ${converts.toUpperCase()} to sRGB`)
  if (rawExif && !exif) notes.push('its EXIF is damaged and left out')
  if (head.xmp && !xmp) notes.push('its XMP is not UTF-8 and left out')
  const colours = format === 'heic' && !head.icc ? await describedColours(path) : null
  if (colours?.note) notes.push(colours.note)
  return {
    bytes,
    format,
    width,
    height,
    orientation,
    channels: colourCount === 1 ? 1 : 3,
    depth,
    hasAlpha: head.hasAlpha,
    significantBits: isHeif && head.depth === 'ushort' ? (head.bitsPerSample ?? 16) : depth,
    converts,
    metadata: {
      sourcePath: await realpath(path),
      format,
      icc: converts ? null : (head.icc ?? colours?.icc ?? null),
      exif,
      xmp,
      densityPpi: head.density ?? null,
      notes,
    },
  }
}

/** libtiff hands ICC and XMP through sharp, but not EXIF: it is read from the file's own directories. */
const tiffExif = (path: string) => withFileBytes(path, (read) => exifFromTiff(read))

function withoutPrefix(exif: Buffer | null): Buffer | null {
  return exif?.toString('latin1', 0, 6) === 'Exif\0\0' ? exif.subarray(6) : exif
}
