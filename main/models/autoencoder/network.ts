import type { NamedTensors, Tensor2D } from '../../engine/tensorflow.ts'
import type { Network } from '../model.ts'

/** What training may add to the plain network; every random number comes in as an input. */
export interface ForwardExtras {
  /** keep masks of the hidden layers, 0 or 1 / (1 - rate), in the order they are passed */
  readonly masks?: readonly Tensor2D[]
  /** standard normal (n, codeLength): where in its spread a variational network's code is drawn; its mean without */
  readonly draw?: Tensor2D | undefined
}

export interface Forward {
  /** (n, codeLength); of a variational network the mean */
  readonly code: Tensor2D
  /** the output before the sigmoid (n, inputs) */
  readonly logits: Tensor2D
  /** natural logarithm of the code's variance (n, codeLength); of variational networks alone */
  readonly logVariance?: Tensor2D
}

/** An autoencoder of vectors: x (n, inputs) in [0, 1] through a code (n, codeLength) and back. */
export interface AutoencoderNetwork extends Network<Tensor2D> {
  /** values of one input: rows * columns * channels of an image, channels last */
  readonly inputs: number
  readonly codeLength: number
  readonly isVariational: boolean
  /** width of each hidden layer that a mask applies to */
  readonly maskWidths: readonly number[]
  forward(p: NamedTensors, x: Tensor2D, extras?: ForwardExtras): Forward
}
