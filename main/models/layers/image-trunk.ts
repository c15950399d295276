import { type NamedTensors, type Tensor2D, type Tensor4D, tf } from '../../engine/tensorflow.ts'
import { conv, convSpecs, convTranspose, convTransposeSpecs } from './conv.ts'
import { denseLayer, denseSpecs } from './dense.ts'
import type { ParameterSpec } from './parameters.ts'

/** A small image and how it narrows: each width is a level, and each level halves the sides. */
export interface TrunkShape {
  readonly rows: number
  readonly columns: number
  readonly channels: number
  readonly widths: readonly number[]
  readonly activation: 'relu' | 'elu' | 'tanh'
}

/** Values of one image as a vector, channels last. */
export function imageValues({ rows, columns, channels }: Omit<TrunkShape, 'widths'>): number {
  return rows * columns * channels
}

/** Values of the deepest level: what the code is made of. */
export function trunkFeatures({ rows, columns, widths }: TrunkShape): number {
  const scale = 2 ** widths.length
  return (rows / scale) * (columns / scale) * (widths.at(-1) ?? 0)
}

/** He's scale for weights in front of a ReLU */
const he = Math.sqrt(6)

/** Weights of both halves; `heads` numbers leave the encoder, `code` enter the decoder. */
export function trunkSpecs(shape: TrunkShape, heads: number, code: number): ParameterSpec[] {
  const { channels, widths } = shape
  const features = trunkFeatures(shape)
  const before = (level: number) => (level === 0 ? channels : widths[level - 1]!)
  const levels = widths.map((_, level) => level)
  return [
    ...levels.flatMap((level) => [
      ...convSpecs(`encoder.${level}.conv`, before(level), widths[level]!, 3, he),
      ...convSpecs(`encoder.${level}.down`, widths[level]!, widths[level]!, 2, he),
    ]),
    ...denseSpecs('encoder.code', features, heads),
    ...denseSpecs('decoder.code', code, features),
    ...levels.flatMap((level) => [
      ...convTransposeSpecs(`decoder.${level}.up`, widths[level]!, widths[level]!, 2),
      ...convSpecs(`decoder.${level}.conv`, widths[level]!, before(level), 3, level === 0 ? 0.3 : he),
    ]),
  ]
}

/** (n, rows * columns * channels) -> (n, heads); the mask is on the deepest features */
export function trunkEncode(p: NamedTensors, shape: TrunkShape, x: Tensor2D, mask?: Tensor2D): Tensor2D {
  const activate = tf[shape.activation]
  const n = x.shape[0]
  let y = x.reshape([n, shape.rows, shape.columns, shape.channels]) as Tensor4D
  for (const level of shape.widths.keys()) {
    y = activate(conv(p, `encoder.${level}.conv`, y))
    y = activate(conv(p, `encoder.${level}.down`, y, 2, 'valid'))
  }
  const features = y.reshape([n, trunkFeatures(shape)]) as Tensor2D
  return denseLayer(p, 'encoder.code', mask ? features.mul(mask) : features)
}

/** (n, code) -> the image before the sigmoid (n, rows * columns * channels) */
export function trunkDecode(p: NamedTensors, shape: TrunkShape, code: Tensor2D, mask?: Tensor2D): Tensor2D {
  const activate = tf[shape.activation]
  const n = code.shape[0]
  const deepest = shape.widths.length
  const features = activate(denseLayer(p, 'decoder.code', code))
  const scale = 2 ** deepest
  let y = (mask ? features.mul(mask) : features).reshape([
    ...[n, shape.rows / scale, shape.columns / scale],
    shape.widths[deepest - 1]!,
  ]) as Tensor4D
  for (let level = deepest - 1; level >= 0; level--) {
    y = activate(convTranspose(p, `decoder.${level}.up`, y, 2))
    y = conv(p, `decoder.${level}.conv`, y)
    if (level > 0) y = activate(y)
  }
  return y.reshape([n, imageValues(shape)])
}
