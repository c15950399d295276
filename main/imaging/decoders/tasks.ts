import type { Samples } from '../raster.ts'

/** What LibRaw says of a file before it decodes a pixel. */
export interface RawFacts {
  /** Size of the upright picture. */
  readonly width: number
  readonly height: number
  /** As EXIF has it, 1 to 8. */
  readonly orientation: number
  /** Of a picture: 1 from a sensor without colour filters. */
  readonly channels: 1 | 3
}

/** Pixels as a raster holds them. */
export interface DecodedPixels {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  readonly pixels: Samples
  readonly alpha: Samples | null
}

/** A preview as it lies in a RAW file: not turned upright. */
export type RawPreview =
  | { readonly kind: 'jpeg'; readonly bytes: Uint8Array }
  | { readonly kind: 'rgb8'; readonly width: number; readonly height: number; readonly pixels: Uint8Array }

/** The work of a decoder thread, by name. */
export interface DecoderTasks {
  rawFacts: { input: { path: string }; output: RawFacts }
  /** `half`: half the width and height, in a quarter of the time */
  rawPixels: { input: { path: string; half: boolean }; output: DecodedPixels }
  rawPreview: { input: { path: string }; output: RawFacts & { preview: RawPreview | null } }
  heifPixels: { input: { path: string; depth: 8 | 16; hasAlpha: boolean }; output: DecodedPixels }
  heifPreview: { input: { path: string; longestSide: number }; output: DecodedPixels }
}

export type DecoderTask = keyof DecoderTasks
