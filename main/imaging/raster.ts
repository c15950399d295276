import type { ImageFormat } from './formats.ts'

/** What travels with the pixels, in the exact bytes of the input, apart from what turning the pixels changes. */
export interface ImageMetadata {
  /** Where it was read from, as a real path; '' when it was made in memory. Never written to. */
  readonly sourcePath: string
  /** By content, whatever the file's name says. */
  readonly format: ImageFormat | 'none'
  /** ICC profile of the pixels; null means sRGB (or a grey with its curve). */
  readonly icc: Buffer | null
  /** A TIFF block without the `Exif\0\0` prefix; orientation already 1, thumbnail gone. */
  readonly exif: Buffer | null
  /** An XMP packet, UTF-8; tiff:Orientation already 1. */
  readonly xmp: Buffer | null
  /** Dots per inch, where the file says so outside of EXIF. */
  readonly densityPpi: number | null
  /** What a reader should know: a wrong extension, further frames left out, a colour space converted. */
  readonly notes: readonly string[]
}

export type Samples = Uint8Array | Uint16Array

/**
 * A whole picture at its native depth: 3 bytes a pixel for 8-bit RGB, 6 for 16-bit, where floats would take
 * 12. Upright (EXIF orientation applied), in its own RGB or grey space (see `metadata.icc`), never
 * premultiplied.
 *
 * Memory in bytes: width * height * (channels + (alpha ? 1 : 0)) * depth / 8; see `eachTile` for what
 * processing adds.
 */
export interface Raster {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  readonly depth: 8 | 16
  /** height * width * channels values, interleaved, 0 to 255 or 0 to 65535 */
  readonly pixels: Samples
  /** height * width values of the same depth, or null where everything is opaque */
  readonly alpha: Samples | null
  readonly metadata: ImageMetadata
}

export const noMetadata: ImageMetadata = {
  sourcePath: '',
  format: 'none',
  icc: null,
  exif: null,
  xmp: null,
  densityPpi: null,
  notes: [],
}

export function newSamples(count: number, depth: 8 | 16): Samples {
  return depth === 8 ? new Uint8Array(count) : new Uint16Array(count)
}

/** A black picture of the same size, channels and metadata; the alpha plane is shared, or converted. */
export function blankLike(raster: Raster, depth: 8 | 16 = raster.depth): Raster {
  return {
    ...raster,
    depth,
    pixels: newSamples(raster.width * raster.height * raster.channels, depth),
    alpha: raster.alpha && samplesAtDepth(raster.alpha, depth),
  }
}

/** The same picture at another depth: v * 257 up, the nearest of v / 257 down. Shares what need not change. */
export function atDepth(raster: Raster, depth: 8 | 16): Raster {
  if (raster.depth === depth) return raster
  return {
    ...raster,
    depth,
    pixels: samplesAtDepth(raster.pixels, depth),
    alpha: raster.alpha && samplesAtDepth(raster.alpha, depth),
  }
}

export function samplesAtDepth(samples: Samples, depth: 8 | 16): Samples {
  if ((depth === 8) === samples instanceof Uint8Array) return samples
  const out = newSamples(samples.length, depth)
  if (depth === 16) {
    for (let i = 0; i < samples.length; i++) out[i] = samples[i] * 257
  } else {
    // (v * 255 + 32895) >>> 16 is round(v / 257) for every 16-bit v
    for (let i = 0; i < samples.length; i++) out[i] = (samples[i] * 255 + 32895) >>> 16
  }
  return out
}
