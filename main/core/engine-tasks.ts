import type { EngineFacts } from '../engine/facts.ts'
import type { EngineSpeed } from '../engine/measure.ts'
import type { Samples } from '../imaging/raster.ts'
import type { Rect } from '../imaging/tiles.ts'
import type { VectorFigures } from '../latents/vectors.ts'
import type { StoredTensors } from '../models/safetensors.ts'
import type { TrainInput, TrainOutput, TrainProgress } from '../training/run.ts'

/** A model as an engine process finds it; loaded once per process and kept by its hash. */
export interface ModelRef {
  readonly folder: string
  readonly sha256: string
}

/** Everything the engine processes do. */
export type EngineTasks = {
  facts: { input: null; output: EngineFacts; progress: never }
  measure: { input: null; output: EngineSpeed; progress: never }
  /** Loads a model; fails where its weights do not fit its card or its architecture. */
  check: { input: ModelRef; output: null; progress: never }
  /** Loads a model to be used soon, and measures how it runs fastest where that is not known. */
  ready: { input: ModelRef; output: null; progress: never }
  /** noisy: height * width * 3 values in [0, 1]; sigma in the same unit, one value or height * width */
  denoise: {
    input: {
      model: ModelRef
      width: number
      height: number
      noisy: Float32Array
      sigma: number | Float32Array
    }
    output: Float32Array
    progress: never
  }
  /** small images of a dense, conv or vae model: count * inputs values in [0, 1] */
  reconstruct: {
    input: { model: ModelRef; count: number; values: Float32Array }
    output: { reconstructed: Float32Array; codes: Float32Array; codeLength: number }
    progress: never
  }
  encodeVectors: {
    input: { model: ModelRef; count: number; values: Float32Array }
    output: { codes: Float32Array; codeLength: number }
    progress: never
  }
  /** codes: count * codeLength; the output images, count * inputs values in [0, 1] */
  decodeCodes: {
    input: { model: ModelRef; count: number; codes: Float32Array }
    output: Float32Array
    progress: never
  }
  /** per image: PSNR of its reconstruction, and of a variational model the bits of its code */
  measureVectors: {
    input: { model: ModelRef; count: number; values: Float32Array }
    output: VectorFigures
    progress: never
  }
  /** A trained codec's floats, at `weights`, as its model file holds them; photos are paths */
  packCodec: {
    input: { weights: string; options: unknown; photos: readonly string[] }
    output: StoredTensors
    progress: never
  }
  train: { input: TrainInput; output: TrainOutput; progress: TrainProgress }
} & CodecTasks

/** How hard the encoder tries: 0 rounds, 1 rounds by rate and distortion, 2 refines the latents as well. */
export type Effort = 0 | 1 | 2

/** The codec's tile, there and back. Positions are those of latents: 16 x 16 pixels each. */
export type CodecTasks = {
  /**
   * pixels: height * width * 3 values in [0, 1], or samples of 8 or 16 bits (which take less time on their way): the
   * tile with its halo; core: the tile inside it, multiples of 64; levelQ: see code/level.ts
   */
  encodeTile: {
    input: {
      model: ModelRef
      levelQ: number
      effort: Effort
      width: number
      height: number
      pixels: Float32Array | Samples
      core: Rect
    }
    output: {
      stream: Uint8Array
      /** CRC-32 of all symbols in decoding order as little-endian int16 */
      symbolsCrc32: number
      estimatedBits: number
      /** what a decoder gets, in 32nds of a step: rows * columns * latents of the core, channels last */
      latents: Int16Array
    }
    progress: never
  }
  /** Throws `corrupt` for a stream that cannot be right. */
  decodeTile: {
    input: { model: ModelRef; levelQ: number; rows: number; columns: number; stream: Uint8Array }
    output: {
      latents: Int16Array
      symbolsCrc32: number
      /** bits of each position: rows * columns */
      bits: Float32Array
    }
    progress: never
  }
  /** rows * 16 by columns * 16 pixels of three channels, not clipped; the caller cuts halos away */
  synthesiseTile: {
    input: { model: ModelRef; levelQ: number; rows: number; columns: number; latents: Int16Array }
    output: Float32Array
    progress: never
  }
  /** the same, clipped and rounded to samples of so many bits */
  synthesiseSamples: {
    input: CodecTasks['synthesiseTile']['input'] & { depth: 8 | 16 }
    output: Samples
    progress: never
  }
}
