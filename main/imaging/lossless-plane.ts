import { AppError } from '../../shared/errors.ts'
import type { Samples } from './raster.ts'
import { sharp } from './sharp.ts'

/** One plane of samples as a grey PNG of 8 or 16 bits. */
export async function packPlane(samples: Samples, width: number, height: number): Promise<Uint8Array> {
  const raw = { width, height, channels: 1 as const }
  const space = samples instanceof Uint8Array ? 'b-w' : 'grey16'
  const image = sharp(samples, { raw, limitInputPixels: false }).toColourspace(space)
  return image.png({ compressionLevel: 9, adaptiveFiltering: true }).toBuffer()
}

/**
 * The plane again.
 * @throws AppError `corrupt` where it is no such PNG of this size and depth; said before pixels are decoded
 */
export async function unpackPlane(
  png: Uint8Array,
  { width, height, depth }: { width: number; height: number; depth: 8 | 16 },
  label: string,
): Promise<Samples> {
  // sharp throws at once for no bytes at all.
  const read = async () => sharp(png, { limitInputPixels: false }).metadata()
  const found = await read().catch(() => null)
  const isRight =
    found?.format === 'png' &&
    found.width === width &&
    found.height === height &&
    found.channels === 1 &&
    found.depth === (depth === 8 ? 'uchar' : 'ushort')
  if (!isRight) throw new AppError('corrupt', `${label} is not a grey PNG of ${width} x ${height}`)
  try {
    const image = sharp(png, { limitInputPixels: false, failOn: 'error' })
    const data = await image
      .toColourspace(depth === 8 ? 'b-w' : 'grey16')
      .raw({ depth: depth === 8 ? 'uchar' : 'ushort' })
      .toBuffer()
    return depth === 8
      ? new Uint8Array(data.buffer, data.byteOffset, data.length)
      : new Uint16Array(data.buffer, data.byteOffset, data.length / 2)
  } catch (cause) {
    throw new AppError('corrupt', `${label} is damaged`, { cause })
  }
}
