import { type Tensor4D, tf } from '../../engine/tensorflow.ts'

/**
 * Space to depth: (n, h, w, c) -> (n, h / r, w / r, c * r * r), channels ordered c * r * r + row * r + column as
 * PyTorch's PixelUnshuffle does (TensorFlow's SpaceToDepth orders them otherwise).
 */
export function pixelUnshuffle(x: Tensor4D, r: number): Tensor4D {
  const [n, h, w, c] = x.shape
  return x
    .reshape([n, h / r, r, w / r, r, c])
    .transpose([0, 1, 3, 5, 2, 4])
    .reshape([n, h / r, w / r, c * r * r])
}

/** Depth to space, the inverse of `pixelUnshuffle`: (n, h, w, c * r * r) -> (n, h * r, w * r, c). */
export function pixelShuffle(x: Tensor4D, r: number): Tensor4D {
  const [n, h, w, channels] = x.shape
  const c = channels / (r * r)
  return x
    .reshape([n, h, w, c, r, r])
    .transpose([0, 1, 4, 2, 5, 3])
    .reshape([n, h * r, w * r, c])
}

/** Repeats the last row `rows` times and the last column `columns` times. */
export function padByReplication(x: Tensor4D, rows: number, columns: number): Tensor4D {
  const [n, h, w, c] = x.shape
  let padded = x
  if (rows > 0)
    padded = tf.concat([padded, padded.slice([0, h - 1, 0, 0], [n, 1, w, c]).tile([1, rows, 1, 1])], 1)
  if (columns > 0) {
    padded = tf.concat(
      [padded, padded.slice([0, 0, w - 1, 0], [n, h + rows, 1, c]).tile([1, 1, columns, 1])],
      2,
    )
  }
  return padded
}
