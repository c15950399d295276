import type { EngineFacts } from '../engine/facts.ts'
import type { EngineSpeed } from '../engine/measure.ts'
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
  /** vectors of a dense model: count * inputs values in [0, 1] */
  reconstruct: {
    input: { model: ModelRef; count: number; values: Float32Array }
    output: { reconstructed: Float32Array; codes: Float32Array; codeLength: number }
    progress: never
  }
  train: { input: TrainInput; output: TrainOutput; progress: TrainProgress }
}
