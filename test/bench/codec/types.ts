import type { RatePoint } from '../../../shared/metrics/bd-rate.ts'

/** An 8-bit RGB picture, height * width * 3 values. */
export interface Picture {
  readonly name: string
  readonly width: number
  readonly height: number
  readonly pixels: Uint8Array
}

export interface Encoded {
  readonly bytes: Uint8Array
  /** what the model's tables say that the symbols take; null for codecs that do not say */
  readonly estimatedBits: number | null
}

export interface BenchCodec {
  readonly id: string
  readonly label: string
  readonly qualities: readonly number[]
  /** From pixels to a whole file's bytes. */
  encode(picture: Picture, quality: number): Promise<Encoded>
  /** From a file's bytes to height * width * 3 values. */
  decode(bytes: Uint8Array, picture: Picture): Promise<Uint8Array>
}

/** One quality over all pictures: bits per pixel and PSNR are means of the pictures', times are sums. */
export interface CurvePoint extends RatePoint {
  readonly quality: number
  readonly encodeMs: number
  readonly decodeMs: number
  /** bits of the files for each that was estimated, less 1, in percent */
  readonly overEstimatePercent: number | null
}

export interface Curve {
  readonly label: string
  readonly points: readonly CurvePoint[]
}

/** What a run writes as JSON. */
export interface CodecRun {
  readonly about: {
    readonly pictures: number
    readonly megapixels: number
    readonly processor: string
    readonly threads: number
    readonly libraries: string
    /** weights of the codec by their hash */
    readonly model: string | null
  }
  readonly curves: Readonly<Record<string, Curve>>
  /** coding of symbols, in percent of the time of a whole encode (by curve) and decode */
  readonly entropyShare: Readonly<Record<string, { encode: number; decode: number }>>
}
