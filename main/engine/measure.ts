import { type Tensor4D, tf } from './tensorflow.ts'

export interface EngineSpeed {
  /** of a 3x3 convolution, 64 to 64 channels, 256 x 256 */
  readonly gflopPerSecond: number
  /** of a copy of 256 MiB, bytes read plus bytes written */
  readonly gigabytesPerSecond: number
}

/** Measures this device: the best of several rounds each, as other work only ever slows one down. */
export function measureEngine(): EngineSpeed {
  const side = 256
  const channels = 64
  const flop = 2 * 9 * channels * channels * side * side
  const copyBytes = 256 * 2 ** 20
  return tf.tidy(() => {
    const x = tf.ones([1, side, side, channels]) as Tensor4D
    const weight = tf.ones([3, 3, channels, channels]) as Tensor4D
    const big = tf.ones([copyBytes / 4])
    const convolutionSeconds = bestSeconds(() =>
      tf.conv2d(x, weight, 1, 'same').slice([0, 0, 0, 0], [1, 1, 1, 1]),
    )
    const copySeconds = bestSeconds(() => big.neg().slice([0], [1]))
    return {
      gflopPerSecond: flop / convolutionSeconds / 1e9,
      gigabytesPerSecond: (2 * copyBytes) / copySeconds / 1e9,
    }
  })
}

/** `run` ends in one small tensor, whose reading waits for the device. */
function bestSeconds(run: () => { dataSync(): unknown }): number {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 8; round++) {
    const started = performance.now()
    tf.tidy(() => void run().dataSync())
    best = Math.min(best, (performance.now() - started) / 1000)
  }
  return best
}
