import { AppError } from '../../shared/errors.ts'
import { isCutShort } from './cut-short.ts'
import { decode } from './decoders/decode.ts'
import { DecoderFailure } from './decoders/failure.ts'
import type { DecodedPixels } from './decoders/tasks.ts'
import { decodeError } from './file-errors.ts'
import { isRaw } from './formats.ts'
import type { ImageHeader } from './header.ts'
import type { Raster } from './raster.ts'

/** Decoders took a quarter of a second a megapixel: only what runs in circles takes forty times as long. */
const limitMs = ({ width, height }: ImageHeader) => 60_000 + 10_000 * ((width * height) / 1e6)

/**
 * The pixels of a RAW or HEIC file, decoded in a thread of their own. RAW: 16-bit sRGB, interpolated, white balanced as
 * shot, upright; what is cut short is refused, where LibRaw would show black. HEIC: its main picture in its own RGB, at
 * 8 bits, or at 16 where it has 10 or 12.
 *
 * Memory beyond the raster while it decodes: RAW 16 bytes a pixel and the file, HEIC about 8; a RAW of more than 2 GB in
 * all is refused.
 *
 * @throws AppError as `readImage` does
 */
export async function readByDecoder(
  path: string,
  header: ImageHeader,
  signal?: AbortSignal,
): Promise<Raster> {
  const { format, depth, hasAlpha, metadata } = header
  let decoded: DecodedPixels
  try {
    if (await isCutShort(path, format))
      throw new DecoderFailure('cut-short', 'its pixels go on beyond its end')
    const options = { signal, limitMs: limitMs(header) }
    decoded = isRaw(format)
      ? await decode('rawPixels', { path, half: false }, options)
      : await decode('heifPixels', { path, depth, hasAlpha }, options)
  } catch (error) {
    throw await decodeError(path, format, error)
  }
  const { width, height } = decoded
  // LibRaw turns the sensors of some old Fujifilm cameras by 45 degrees, and tells the size only afterwards
  if (format !== 'raf' && (width !== header.width || height !== header.height)) {
    throw new AppError(
      'corrupt',
      `${path} says ${header.width} x ${header.height} but decodes to ${width} x ${height}`,
    )
  }
  return { ...decoded, depth: decoded.pixels instanceof Uint8Array ? 8 : 16, metadata }
}

/**
 * A RAW file at half its size (a third of some sensors'), each 2x2 elements one pixel: nothing is interpolated, so that it
 * takes a fraction of the time; else as `readByDecoder`.
 * @throws AppError as `readImage` does
 */
export async function readRawHalf(path: string, header: ImageHeader, signal?: AbortSignal): Promise<Raster> {
  try {
    if (await isCutShort(path, header.format))
      throw new DecoderFailure('cut-short', 'its pixels go on beyond its end')
    const decoded = await decode('rawPixels', { path, half: true }, { signal, limitMs: limitMs(header) })
    return { ...decoded, depth: 16, metadata: header.metadata }
  } catch (error) {
    throw await decodeError(path, header.format, error)
  }
}
