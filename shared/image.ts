/**
 * Pixels as everything that computes sees them: rows top to bottom, channels interleaved (grey, or RGB),
 * sRGB-encoded unless stated, nominally in [0, 1]; noise may leave that range until it is clipped.
 */
export interface FloatImage {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  /** height * width * channels values */
  readonly data: Float32Array
}
