import type { EngineTasks } from '../core/engine-tasks.ts'
import { type NamedTensors, readFloats, type Tensor4D, tf } from '../engine/tensorflow.ts'
import { toFloats } from '../imaging/sample-floats.ts'
import type { Rect } from '../imaging/tiles.ts'
import type { Network } from '../models/model.ts'
import type { LevelIntegers } from './entropy/integer-model.ts'
import { octave } from './entropy/powers.ts'
import { hyperSide, latentSide } from './grid.ts'

/** Latents and hyper-latents in steps, not rounded, of the tile's core. */
export interface TileLatents {
  readonly y: Float32Array
  readonly z: Float32Array
  readonly rows: number
  readonly columns: number
}

export interface Coder {
  readonly parameters: NamedTensors
  readonly encode: Network['encode']
}

export type TilePixels = Pick<EngineTasks['encodeTile']['input'], 'width' | 'height' | 'pixels' | 'core'>

export function latentsOf(
  { parameters, encode }: Coder,
  level: LevelIntegers,
  { width, height, pixels, core }: TilePixels,
): TileLatents {
  const { latents, hyper } = tf.tidy(() =>
    encode(parameters, tf.tensor4d(toFloats(pixels), [1, height, width, 3])),
  )
  try {
    const cut = (tensor: Tensor4D, side: number) => readFloats(() => cutTo(tensor, core, side))
    return {
      y: scaled(cut(latents as Tensor4D, latentSide), level.log2Gain),
      z: scaled(cut(hyper as Tensor4D, hyperSide), level.log2GainZ),
      rows: core.height / latentSide,
      columns: core.width / latentSide,
    }
  } finally {
    tf.dispose([latents!, hyper!])
  }
}

/** Of a tensor that has a position for each so many pixels, those of a part of the picture. */
export function cutTo(tensor: Tensor4D, { x, y, width, height }: Rect, side: number): Tensor4D {
  return tensor.slice([0, y / side, x / side, 0], [1, height / side, width / side, tensor.shape[3]])
}

/** Values (..., channels) times 2^(log2 / 65536) of their channel. */
export function scaled(values: Float32Array | Int16Array, log2: Int32Array, by = 1): Float32Array {
  const factors = Float64Array.from(log2, (value) => by * 2 ** (value / octave))
  const channels = factors.length
  const result = new Float32Array(values.length)
  for (let i = 0; i < values.length; i += channels)
    for (let c = 0; c < channels; c++) result[i + c] = values[i + c]! * factors[c]!
  return result
}
