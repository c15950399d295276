import { type ExifFacts, exifFacts } from './exif/facts.ts'
import type { ImageFormat } from './formats.ts'
import { readHeader } from './header.ts'

/** What the catalog keeps of an image file. */
export interface ImageFacts {
  readonly path: string
  readonly bytes: number
  readonly format: ImageFormat
  /** Size of the upright picture, in pixels. */
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  readonly depth: 8 | 16
  readonly hasAlpha: boolean
  /** EXIF orientation as it stands in the file, 1 to 8. */
  readonly orientation: number
  readonly hasIcc: boolean
  readonly exif: ExifFacts
  readonly notes: readonly string[]
}

/**
 * Facts from the header alone; no pixel is decoded, so a truncated file may pass here and fail in `readImage`.
 *
 * @throws AppError as `readHeader` does.
 */
export async function probeImage(
  path: string,
  options: { limitPixels?: number; signal?: AbortSignal } = {},
): Promise<ImageFacts> {
  const header = await readHeader(path, options.limitPixels, options.signal)
  return {
    path,
    bytes: header.bytes,
    format: header.format,
    width: header.width,
    height: header.height,
    channels: header.channels,
    depth: header.depth,
    hasAlpha: header.hasAlpha,
    orientation: header.orientation,
    hasIcc: header.metadata.icc !== null,
    exif: exifFacts(header.metadata.exif),
    notes: header.metadata.notes,
  }
}
