import type { z } from 'zod'
import type { NamedTensors, Tensor, Tensor4D } from '../engine/tensorflow.ts'
import type { ParameterSpec } from './layers/parameters.ts'
import type { StoredTensors } from './safetensors.ts'

/** A network's functions, pure in its weights `p` (by name, TensorFlow's layouts) and its input. */
export interface Network<Input extends Tensor = Tensor> {
  /** values of one input, where inputs are vectors (n, inputs); undefined where they are pictures of any size */
  readonly inputs?: number
  /** the code of each input, by name where it has several parts */
  encode(p: NamedTensors, x: Input): NamedTensors
  decode(p: NamedTensors, code: NamedTensors): Tensor
  reconstruct(p: NamedTensors, x: Input): Tensor
  /**
   * noisy (n, h, w, 3) in [0, 1] before noise; sigma in the same unit, (n) or as a map (n, h, w, 1).
   * Any size; returns the clean image, not clipped.
   */
  denoise?(p: NamedTensors, noisy: Tensor4D, sigma: Tensor): Tensor4D
}

/** An entry of the zoo: what a network is called, how it is parametrised, and how it is built. */
export interface Model<Options extends object, Input extends Tensor = Tensor> {
  readonly id: string
  /** the architecture's own parameters, with defaults */
  readonly options: z.ZodType<Options>
  parameters(options: Options): ParameterSpec[]
  build(options: Options): Network<Input>
  /** Weights as they are trained, from what a model file holds, where that differs. */
  unpack?(stored: StoredTensors, options: Options): StoredTensors
}
