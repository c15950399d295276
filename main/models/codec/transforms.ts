import { inFloat32 } from '../../engine/compile/precision.ts'
import { type NamedTensors, type Tensor, type Tensor1D, type Tensor4D, tf } from '../../engine/tensorflow.ts'
import { conv, convTranspose, residual } from '../layers/conv.ts'
import { pixelShuffle, pixelUnshuffle } from '../layers/shuffle.ts'
import { fixed } from './gradients.ts'
import { levels } from './options.ts'

export const leaky = (x: Tensor4D): Tensor4D => tf.leakyRelu(x, 0.125)

/**
 * Rows of a table (levels, channels) at levels (n) from 0 to `levels` - 1, interpolated linearly: (n, 1, 1, channels).
 * Without gather, which looks at its indices and so cannot be compiled.
 */
export function at(p: NamedTensors, name: string, level: Tensor1D): Tensor4D {
  return tf.tidy(() => {
    const table = p[name] as Tensor
    const [n, channels] = [level.shape[0], table.shape[1]!]
    const distance = level
      .reshape([n, 1])
      .sub(tf.range(0, levels, 1, 'float32').reshape([1, levels]))
      .abs()
    const weights = tf.relu(tf.sub(1, distance)).reshape([n, levels, 1])
    return weights
      .mul(table.reshape([1, levels, channels]))
      .sum(1)
      .reshape([n, 1, 1, channels])
  })
}

/** log of each latent's standard deviation on the photos of the KLT, (1, 1, 1, latents); not trained */
export function logStd(p: NamedTensors): Tensor4D {
  const stored = p.log_std as Tensor
  return fixed(stored.reshape([1, 1, 1, stored.size])) as Tensor4D
}

/** x (n, h, w, 3) in [0, 1], sides multiples of 64 -> latents (n, h / 16, w / 16, latents), before the gain */
export function analyse(p: NamedTensors, x: Tensor4D, blocks: number): Tensor4D {
  return tf.tidy(() => {
    const centred = x.sub(0.5) as Tensor4D
    const linear = inFloat32(() =>
      tf.conv2d(pixelUnshuffle(centred, 16), p.klt_analysis as Tensor4D, 1, 'valid'),
    )
    let y = conv(p, 'analysis.1', pixelUnshuffle(centred, 8))
    for (let k = 0; k < blocks; k++) y = residual(p, `analysis.${k + 2}`, y, leaky)
    return linear.add(conv(p, `analysis.${blocks + 2}`, y, 2, 'valid'))
  })
}

/**
 * y: decoded latents (n, rows, columns, latents) after the inverse gain, in the units of `analyse`
 * @returns the image (n, rows * 16, columns * 16, 3), not clipped
 */
export function synthesise(p: NamedTensors, y: Tensor4D, blocks: number): Tensor4D {
  return tf.tidy(() => {
    const linear = inFloat32(() => tf.conv2d(y, p.klt_synthesis as Tensor4D, 1, 'valid'))
    let x = convTranspose(p, 'synthesis.0', y.mul(logStd(p).neg().exp()) as Tensor4D, 2)
    for (let k = 0; k < blocks; k++) x = residual(p, `synthesis.${k + 1}`, x, leaky)
    const rest = pixelShuffle(conv(p, `synthesis.${blocks + 1}`, x), 8)
    return pixelShuffle(linear, 16).add(rest).add(0.5)
  })
}

/** y0: latents before the gain -> hyper-latents (n, rows / 4, columns / 4, hyper) before theirs */
export function hyperAnalyse(p: NamedTensors, y0: Tensor4D): Tensor4D {
  return tf.tidy(() => {
    let z = leaky(conv(p, 'hyper_analysis.0', y0.mul(logStd(p).neg().exp()) as Tensor4D))
    z = leaky(conv(p, 'hyper_analysis.2', z, 2))
    return conv(p, 'hyper_analysis.4', z, 2)
  })
}

/** Decoded hyper-latents after their inverse gain -> features (n, rows * 4, columns * 4, context) */
export function hyperSynthesise(p: NamedTensors, z: Tensor4D): Tensor4D {
  return tf.tidy(() =>
    convTranspose(p, 'hyper_synthesis.2', tf.relu(convTranspose(p, 'hyper_synthesis.0', z, 2)), 2),
  )
}
