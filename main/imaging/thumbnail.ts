import type { Sharp } from 'sharp'
import { AppError } from '../../shared/errors.ts'
import { stopIfAborted, untilAborted } from './abort.ts'
import { isCutShort } from './cut-short.ts'
import { decode } from './decoders/decode.ts'
import { DecoderFailure } from './decoders/failure.ts'
import type { RawPreview } from './decoders/tasks.ts'
import { withFileBytes } from './file-bytes.ts'
import { checkImageFile, decodeError } from './file-errors.ts'
import { hgiExtension, isRaw, type RawFormat } from './formats.ts'
import { readHeader } from './header.ts'
import { noMetadata, type Raster } from './raster.ts'
import { maxRawBytes } from './raw/header.ts'
import { rawPreviews } from './raw/preview.ts'
import { sharp } from './sharp.ts'
import { fitting, srgb8Image } from './srgb.ts'

export interface SmallImageOptions {
  /** pixels, at most */
  readonly longestSide: number
  /** gives a small raster of an .hgi file, which takes a model */
  readonly hgi?: (path: string, longestSide: number, signal?: AbortSignal) => Promise<Raster>
  readonly signal?: AbortSignal | undefined
}

export interface ThumbnailOptions extends SmallImageOptions {
  readonly format?: 'webp' | 'jpeg'
  /** 1 to 100 */
  readonly quality?: number
}

export interface Thumbnail {
  readonly bytes: Buffer
  readonly width: number
  readonly height: number
  readonly format: 'webp' | 'jpeg'
}

/** Previews of most cameras take this long even under load; a RAW without one is interpolated at half its size. */
const limitMs = 120_000

/**
 * A small picture of any file that is read: upright, 8-bit sRGB, without metadata.
 * @throws AppError as `readImage` does
 */
export async function thumbnail(path: string, options: ThumbnailOptions): Promise<Thumbnail> {
  const { format = 'webp', quality = 80, signal } = options
  const small = await smallImage(path, options)
  const image =
    format === 'webp'
      ? small.webp({ quality, effort: 0 })
      : small.flatten({ background: 'white' }).jpeg({ quality })
  try {
    const work = image.toBuffer({ resolveWithObject: true })
    const { data, info } = await untilAborted(work, signal, `making ${path} small`)
    return { bytes: data, width: info.width, height: info.height, format }
  } catch (error) {
    if (error instanceof AppError) throw error
    throw await decodeError(path, (await checkImageFile(path)).format, error)
  }
}

/**
 * The same as sharp has it, before it is encoded: JPEG, WebP and the like shrink while they are decoded, RAW and HEIC
 * give the preview that lies in them where it is large enough.
 */
export async function smallImage(
  path: string,
  { longestSide, hgi, signal }: SmallImageOptions,
): Promise<Sharp> {
  stopIfAborted(signal, `making ${path} small`)
  if (hgi && path.toLowerCase().endsWith(hgiExtension)) {
    return srgb8Image(await hgi(path, longestSide, signal), longestSide)
  }
  const { bytes, format } = await checkImageFile(path)
  if (isRaw(format)) return smallRaw(path, format, bytes, longestSide, signal)
  if (format === 'heic') return smallHeic(path, longestSide, signal)
  await readHeader(path)
  // AVIF turns its pixels by itself
  const autoOrient = format !== 'avif'
  return sharp(path, { limitInputPixels: false, failOn: 'none', autoOrient }).resize(fitting(longestSide))
}

async function smallHeic(path: string, longestSide: number, signal?: AbortSignal): Promise<Sharp> {
  const { metadata } = await readHeader(path)
  try {
    const decoded = await decode('heifPreview', { path, longestSide }, { signal, limitMs })
    return srgb8Image({ ...decoded, depth: 8, metadata }, longestSide)
  } catch (error) {
    throw await decodeError(path, 'heic', error)
  }
}

async function smallRaw(
  path: string,
  format: RawFormat,
  bytes: number,
  longestSide: number,
  signal?: AbortSignal,
): Promise<Sharp> {
  if (bytes > maxRawBytes)
    throw new AppError('too-large', `${path} has ${bytes} bytes: too many for a RAW file`)
  try {
    const found = await rawPreview(path, format, longestSide)
    if (found && found.longestSide >= longestSide) return found.image.resize(fitting(longestSide))
    const options = { signal, limitMs }
    const { preview, ...facts } = await decode('rawPreview', { path }, options)
    const wanted = Math.min(longestSide, Math.max(facts.width, facts.height))
    const shown = (preview && (await turned(preview, facts.orientation, facts).catch(() => null))) ?? found
    if (shown && shown.longestSide >= wanted) return shown.image.resize(fitting(longestSide))
    // a preview that is too small is better than none
    const isShort = await isCutShort(path, format)
    if (isShort && !shown) throw new DecoderFailure('cut-short', 'its pixels go on beyond its end')
    const half = isShort ? null : decode('rawPixels', { path, half: true }, options)
    const decoded = await (shown && !signal?.aborted ? half?.catch(() => null) : half)
    stopIfAborted(signal, `making ${path} small`)
    if (!decoded) return shown!.image
    return srgb8Image({ ...decoded, depth: 16, metadata: noMetadata }, longestSide)
  } catch (error) {
    throw await decodeError(path, format, error)
  }
}

interface Shown {
  readonly image: Sharp
  readonly longestSide: number
}

/** The smallest preview that is at least so large, or else the largest, found without LibRaw; null for none. */
async function rawPreview(path: string, format: RawFormat, longestSide: number): Promise<Shown | null> {
  return withFileBytes(path, async (read) => {
    const { places, orientation } = rawPreviews(read, format)
    let best: Shown | null = null
    for (const { start, length } of places) {
      const bytes = read(start, length)
      if (bytes.length < length) continue
      const one = await turned({ kind: 'jpeg', bytes }, orientation).catch(() => null)
      if (!one) continue
      const isBetter =
        !best ||
        (best.longestSide < longestSide
          ? one.longestSide > best.longestSide
          : one.longestSide >= longestSide && one.longestSide < best.longestSide)
      if (isBetter) best = one
    }
    return best
  })
}

/** EXIF orientation as degrees clockwise, after mirroring left and right (Exif 2.32, 4.6.4). */
const turns: Record<number, { degrees: 0 | 90 | 180 | 270; mirrors: boolean }> = {
  1: { degrees: 0, mirrors: false },
  2: { degrees: 0, mirrors: true },
  3: { degrees: 180, mirrors: false },
  4: { degrees: 180, mirrors: true },
  5: { degrees: 270, mirrors: true },
  6: { degrees: 90, mirrors: false },
  7: { degrees: 90, mirrors: true },
  8: { degrees: 270, mirrors: false },
}

/**
 * A preview, turned as its RAW file says, unless it lies in the file upright already, as the picture's size shows.
 * @throws what sharp throws for bytes that are no JPEG
 */
async function turned(
  preview: RawPreview,
  orientation: number,
  picture?: { width: number; height: number },
): Promise<Shown> {
  const isJpeg = preview.kind === 'jpeg'
  const image = isJpeg
    ? sharp(preview.bytes, { failOn: 'none' })
    : sharp(preview.pixels, { raw: { width: preview.width, height: preview.height, channels: 3 } })
  const size = isJpeg ? await image.metadata() : preview
  const isUpright = picture && orientation >= 5 && size.width > size.height === picture.width > picture.height
  const { degrees, mirrors } = turns[isUpright ? 1 : orientation] ?? turns[1]!
  const mirrored = mirrors ? image.flop() : image
  return { image: mirrored.rotate(degrees), longestSide: Math.max(size.width, size.height) }
}
