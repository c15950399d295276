import { createRequire } from 'node:module'
import util from 'node:util'
import type * as tfjs from '@tensorflow/tfjs-node-gpu'
import { AppError } from '../../shared/errors.ts'

// tfjs-node calls these; Node 23 dropped the first and warns of the second.
Object.assign(util, {
  isNullOrUndefined: (value: unknown) => value === null || value === undefined,
  isArray: Array.isArray,
})

/**
 * TensorFlow in this process. Import this module only in engine processes: its calls block their thread.
 * @throws AppError `setup` when the native library is not in place or does not load
 */
function load(): typeof tfjs {
  // 2: warnings and information of the C++ side are not for users; errors are.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'
  try {
    return createRequire(import.meta.url)('@tensorflow/tfjs-node-gpu')
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw new AppError(
      'setup',
      `TensorFlow does not load (${reason}): run 'npm run setup' to install it again.`,
      {
        cause: error,
      },
    )
  }
}

export const tf = load()
export type { tfjs as tfTypes }
export type Tensor = tfjs.Tensor
export type Tensor1D = tfjs.Tensor1D
export type Tensor2D = tfjs.Tensor2D
export type Tensor3D = tfjs.Tensor3D
export type Tensor4D = tfjs.Tensor4D
export type Scalar = tfjs.Scalar
/** Tensors by name: the weights of a network, their gradients, an optimizer's state */
export type NamedTensors = Record<string, Tensor>

/**
 * Computes a float32 tensor and reads it; what else `compute` makes is freed. The read is outside the tidy, which
 * would otherwise look at every value of the array for tensors in it: at 1.6 million values that took as long as the
 * network.
 */
export function readFloats(compute: () => Tensor): Float32Array {
  const tensor = tf.tidy(compute)
  try {
    return tensor.dataSync() as Float32Array
  } finally {
    tensor.dispose()
  }
}
