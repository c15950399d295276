import { AppError } from '../../shared/errors.ts'
import { stopIfAborted, untilAborted } from './abort.ts'
import { decodeError } from './file-errors.ts'
import { isDecoded } from './formats.ts'
import { type ImageHeader, readHeader } from './header.ts'
import { newSamples, type Raster, type Samples } from './raster.ts'
import { readByDecoder } from './read-by-decoder.ts'
import { sharp } from './sharp.ts'

export interface ReadOptions {
  /** Larger pictures are refused from their header, before they are decoded; 900 megapixels by default. */
  readonly limitPixels?: number
  readonly signal?: AbortSignal
}

/**
 * Decodes an image file: upright, at its native depth, in its own RGB or grey space. CMYK and Lab become
 * sRGB; palettes are expanded; of several frames the first is taken. The format follows the content, not the
 * name. Needs the raster's memory once; twice for a moment where the picture has to be turned, 4/3 of it
 * where it has alpha. RAW comes as 16-bit sRGB, white balanced as shot; see `readByDecoder` for RAW and HEIC.
 *
 * @throws AppError not-found, unreadable (also: cut short), unsupported, too-large, corrupt or aborted, each
 *   naming the file.
 */
export async function readImage(path: string, options: ReadOptions = {}): Promise<Raster> {
  stopIfAborted(options.signal, `reading ${path}`)
  const header = await readHeader(path, options.limitPixels, options.signal)
  if (isDecoded(header.format)) return readByDecoder(path, header, options.signal)
  const { width, height, channels, depth, metadata } = header
  const base = { width, height, channels, depth, metadata }
  if (!header.hasAlpha)
    return { ...base, pixels: await decode(path, header, 'pixels', options.signal), alpha: null }
  if (channels === 1) {
    // raw output of grey drops its alpha, so that each plane needs its own pass
    const pixels = await decode(path, header, 'pixels', options.signal)
    return { ...base, pixels, alpha: await decode(path, header, 'alpha', options.signal) }
  }
  const mixed = await decode(path, header, 'both', options.signal)
  const { pixels, alpha } = splitAlpha(mixed, width * height, depth)
  // GIF writers declare a transparent colour that no pixel has
  const opaque = header.format === 'gif' && alpha.every((value) => value === 255)
  return { ...base, pixels, alpha: opaque ? null : alpha }
}

type Wanted = 'pixels' | 'alpha' | 'both'

async function decode(
  path: string,
  header: ImageHeader,
  wanted: Wanted,
  signal?: AbortSignal,
): Promise<Samples> {
  const { width, height, channels, depth } = header
  const grey = channels === 1 || wanted === 'alpha'
  let image = sharp(path, {
    // the limit has been applied to the header; libvips' own would count in other units
    limitInputPixels: false,
    failOn: 'error',
    ignoreIcc: header.converts === null,
    autoOrient: header.orientation !== 1,
  })
  if (wanted === 'pixels' && header.hasAlpha) image = image.removeAlpha()
  if (wanted === 'alpha') image = image.extractChannel('alpha')
  // names of the spaces that keep the samples as they are; the default would squeeze them into 8-bit sRGB
  image = image.toColourspace(depth === 16 ? (grey ? 'grey16' : 'rgb16') : grey ? 'b-w' : 'srgb')
  let result: { data: Buffer; info: { width: number; height: number; channels: number } }
  try {
    const raw = image.raw({ depth: depth === 16 ? 'ushort' : 'uchar' })
    result = await untilAborted(raw.toBuffer({ resolveWithObject: true }), signal, `reading ${path}`)
  } catch (error) {
    throw await decodeError(path, header.format, error)
  }
  const { data, info } = result
  const expected = grey ? 1 : wanted === 'both' ? 4 : 3
  if (info.width !== width || info.height !== height || info.channels !== expected) {
    throw new AppError(
      'corrupt',
      `${path} says ${width} x ${height} x ${expected} but decodes to ${info.width} x ${info.height} x ${info.channels}`,
    )
  }
  if (depth === 8) return new Uint8Array(data.buffer, data.byteOffset, data.length)
  const samples = new Uint16Array(data.buffer, data.byteOffset, data.length / 2)
  const bits = header.significantBits
  // 10 bits arrive shifted up, white as 65472: repeating the high bits below makes it 65535
  if (bits < 16) for (let i = 0; i < samples.length; i++) samples[i] |= samples[i] >>> bits
  return samples
}

/** RGBA to RGB and A; the colours move together inside the same memory. */
function splitAlpha(mixed: Samples, count: number, depth: 8 | 16): { pixels: Samples; alpha: Samples } {
  const alpha = newSamples(count, depth)
  for (let i = 0, from = 0, to = 0; i < count; i++, from += 4, to += 3) {
    mixed[to] = mixed[from]
    mixed[to + 1] = mixed[from + 1]
    mixed[to + 2] = mixed[from + 2]
    alpha[i] = mixed[from + 3]
  }
  return { pixels: mixed.subarray(0, count * 3), alpha }
}
