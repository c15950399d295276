import type { ThumbSide } from '../../../shared/contract/pixels.ts'
import { type ImageFormat, isDecoded, isRaw } from '../../imaging/formats.ts'
import { readHeader } from '../../imaging/header.ts'
import { readRawHalf } from '../../imaging/read-by-decoder.ts'
import { sharp } from '../../imaging/sharp.ts'
import { smallImage } from '../../imaging/thumbnail.ts'
import { fitPicture, type SentFile } from './display.ts'
import { Limiter } from './limiter.ts'
import type { Pictures } from './pictures.ts'
import type { ThumbnailCache } from './thumbnails.ts'

/** Two at a time: libvips has threads of its own, and other work wants some. */
const limiter = new Limiter(2)

/** A small WebP of an image of the library: sRGB, upright, without metadata; kept on disk. */
export async function imageThumbnail(
  pictures: Pictures,
  cache: ThumbnailCache,
  id: number,
  side: ThumbSide,
  signal?: AbortSignal,
): Promise<SentFile> {
  const { image, path } = await pictures.find(id)
  const make = () =>
    limiter.run(async () => {
      const small = await smallImage(path, { longestSide: side, signal })
      return small.webp({ quality: 80, effort: 0 }).toBuffer()
    }, signal)
  const bytes = await cache.get(`${image.sha256}-${side}.webp`, make)
  return { type: bytes[0] === 0x89 ? 'image/png' : 'image/webp', bytes }
}

/**
 * A coarse whole picture, straight from the file: JPEG decoders shrink while they read, RAW is developed at half its size.
 * Wide gamuts stay as P3.
 */
export async function imageFit(
  pictures: Pictures,
  id: number,
  size: number,
  signal?: AbortSignal,
): Promise<SentFile> {
  const { path } = await pictures.find(id)
  return limiter.run(async () => {
    const header = await readHeader(path)
    const { metadata, converts, format } = header
    const isHalfEnough = 2 * size <= Math.max(header.width, header.height)
    if (isRaw(format) && isHalfEnough && !pictures.hasImage(id)) {
      return fitPicture(await readRawHalf(path, header, signal), size)
    }
    if (isDecoded(format)) return fitPicture(await pictures.image(id), size)
    const small = opened(path, format).resize(size, size, { fit: 'inside', withoutEnlargement: true })
    const image = metadata.icc && !converts ? small.withIccProfile('p3') : small
    return { type: 'image/webp', bytes: await image.webp({ quality: 85, effort: 0 }).toBuffer() }
  }, signal)
}

/** A layer's, from memory. */
export function layerFit(pictures: Pictures, key: string, size: number): Promise<SentFile> {
  return limiter.run(() => fitPicture(pictures.layer(key).raster, size))
}

function opened(path: string, format: ImageFormat) {
  // AVIF turns its pixels by itself: see readHeader
  return sharp(path, { limitInputPixels: false, failOn: 'none', autoOrient: format !== 'avif' })
}
