import type { RivalFormat } from '../../../shared/contract/compress.ts'
import type { Raster, Samples } from '../../imaging/raster.ts'
import { samplesAtDepth } from '../../imaging/raster.ts'
import { sharp } from '../../imaging/sharp.ts'

/** How many qualities are tried for a size, each taking an encode. */
const mostTrials = 7

/** Pixels alone, without metadata, at 8 bits, as the benchmark of the codec sets these formats. */
export async function encodeRival(
  { width, height, channels, pixels }: Pick<Raster, 'width' | 'height' | 'channels' | 'pixels'>,
  format: RivalFormat,
  quality: number,
): Promise<Buffer> {
  const image = sharp(samplesAtDepth(pixels, 8), {
    raw: { width, height, channels },
    limitInputPixels: false,
  })
  if (format === 'jpeg') {
    const chromaSubsampling = quality >= 90 ? '4:4:4' : '4:2:0'
    return image.jpeg({ quality, chromaSubsampling }).toBuffer()
  }
  if (format === 'webp') return image.webp({ quality }).toBuffer()
  return image.avif({ quality, effort: 4, tune: 'psnr' }).toBuffer()
}

/** The pixels back, at 8 bits and with the channels they had. */
export async function decodeRival(file: Buffer, channels: 1 | 3): Promise<Samples> {
  const image = sharp(file, { limitInputPixels: false }).removeAlpha()
  const { data } = await image
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
  return new Uint8Array(data.buffer, data.byteOffset, data.length)
}

export interface RivalFile {
  readonly quality: number
  readonly file: Buffer
}

/**
 * The largest file of at most so many bytes, by halving the range of qualities.
 * @returns null where even quality 1 takes more: then `least` says how many
 */
export async function seekRival(
  raster: Raster,
  format: RivalFormat,
  bytes: number,
  { signal, onTrial }: { signal: AbortSignal; onTrial?: (fraction: number) => void },
): Promise<{ found: RivalFile | null; least: number }> {
  let [low, high] = [1, 100]
  let found: RivalFile | null = null
  let least = Number.POSITIVE_INFINITY
  for (let trial = 0; low <= high; trial++) {
    signal.throwIfAborted()
    const quality = (low + high) >> 1
    const file = await encodeRival(raster, format, quality)
    least = Math.min(least, file.length)
    if (file.length <= bytes) {
      found = { quality, file }
      low = quality + 1
    } else {
      high = quality - 1
    }
    onTrial?.((trial + 1) / mostTrials)
  }
  return { found, least }
}
