import { noMetadata, type Raster } from '../../../main/imaging/raster.ts'

/**
 * A picture without symmetry whose 16-bit values use their low bits: what the lossless fixtures hold.
 * Channel 3 is alpha.
 */
export function patternAt(x: number, y: number, channel: number, depth: 8 | 16): number {
  const value = (x * 1031 + y * 2777 + channel * 15013 + x * y * 7) & 0xffff
  return depth === 16 ? value : value >> 8
}

export function patternRaster(
  width: number,
  height: number,
  channels: 1 | 3,
  depth: 8 | 16,
  hasAlpha = false,
): Raster {
  const make = (n: number) => (depth === 8 ? new Uint8Array(n) : new Uint16Array(n))
  const pixels = make(width * height * channels)
  const alpha = hasAlpha ? make(width * height) : null
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x
      for (let c = 0; c < channels; c++) pixels[at * channels + c] = patternAt(x, y, c, depth)
      if (alpha) alpha[at] = patternAt(x, y, 3, depth)
    }
  }
  return { width, height, channels, depth, pixels, alpha, metadata: noMetadata }
}

/** Upright size of the orientation fixtures. */
export const uprightSize = { width: 48, height: 32 }

/** Flat 16 x 16 blocks, each of its own colour, so that JPEG keeps them nearly exact. */
export function blockColour(x: number, y: number): [number, number, number] {
  const block = Math.floor(x / 16) + 3 * Math.floor(y / 16)
  return [40 * block + 20, 230 - 35 * block, block % 2 ? 60 : 180]
}
