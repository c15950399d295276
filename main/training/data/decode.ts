import sharp from 'sharp'
import { AppError } from '../../../shared/errors.ts'
import { checkImageFile } from '../../imaging/file-errors.ts'
import { isDecoded } from '../../imaging/formats.ts'
import { probeImage } from '../../imaging/probe.ts'
import { readImage } from '../../imaging/read.ts'
import { srgb8Image } from '../../imaging/srgb.ts'

/** A photo as training keeps it: sRGB, 8 bits, rows top to bottom, three bytes per pixel. */
export interface Rgb8Image {
  readonly width: number
  readonly height: number
  /** height * width * 3 bytes */
  readonly pixels: Uint8Array
}

/** Width and height in pixels as shown, EXIF orientation applied; reads the header only. Throws AppError `unreadable`. */
export async function photoSize(path: string): Promise<{ width: number; height: number }> {
  try {
    if (isDecoded((await checkImageFile(path)).format)) return await probeImage(path)
    const { autoOrient } = await sharp(path).metadata()
    return { width: autoOrient.width, height: autoOrient.height }
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

/** The whole photo, EXIF orientation applied, alpha dropped, grey as RGB. Throws AppError `unreadable`. */
export async function decodeRgb8(path: string): Promise<Rgb8Image> {
  try {
    const isByDecoder = isDecoded((await checkImageFile(path)).format)
    const image = isByDecoder ? await srgb8Image(await readImage(path)) : sharp(path, { failOn: 'error' })
    const decoded = await image.autoOrient().removeAlpha().raw().toBuffer({ resolveWithObject: true })
    const { width, height, channels } = decoded.info
    if (channels !== 3) throw new Error(`${channels} channels where 3 were expected`)
    return { width, height, pixels: decoded.data }
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

/** Lanczos (three lobes). Works on decoded pixels: a JPEG decoder's own shortcuts for smaller sizes look different. */
export async function resizeRgb8(image: Rgb8Image, width: number, height: number): Promise<Rgb8Image> {
  const raw = { width: image.width, height: image.height, channels: 3 } as const
  const pixels = await sharp(image.pixels, { raw, limitInputPixels: false })
    .resize(width, height, { fit: 'fill', kernel: 'lanczos3' })
    .raw()
    .toBuffer()
  return { width, height, pixels }
}

function unreadable(path: string, cause: unknown): AppError {
  const reason = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0]
  return new AppError('unreadable', `${path}: cannot be read as a photo (${reason})`, { cause })
}
