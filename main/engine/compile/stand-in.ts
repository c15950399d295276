import type { Tensor } from '../tensorflow.ts'
import { backend, type OpAttribute } from './backend.ts'
import { dataTypes } from './graph.ts'

type TensorInfo = Pick<Tensor, 'dataId' | 'shape'>
type Shape = readonly number[]

/** What stands for an op's only output while tracing: its shape and TensorFlow's number of its type. */
export interface StandIn {
  readonly shape: Shape
  readonly dtype: number
}

const sameAsFirst =
  /^(Relu|Relu6|LeakyRelu|Elu|Selu|Sigmoid|Tanh|Softplus|Neg|Abs|Sign|Square|Sqrt|Rsqrt|Exp|Expm1|Log|Log1p|Erfc|Round|Floor|Ceil|AddN|LogicalNot)$/
const broadcasting =
  /^(Add|AddV2|Sub|Mul|Div|RealDiv|DivNoNan|Maximum|Minimum|SquaredDifference|Pow|LogicalAnd|LogicalOr)$/
const comparing = /^(Greater|GreaterEqual|Less|LessEqual|Equal|NotEqual)$/

/**
 * The output of a common op with one output, where it follows from shapes and constants; else null. While tracing
 * such ops are not computed, as nothing may look at values: a trace costs milliseconds whatever the size.
 */
export function standIn(
  op: string,
  attributes: readonly OpAttribute[],
  inputs: readonly TensorInfo[],
): StandIn | null {
  const records = inputs.map(({ dataId }) => backend.tensorMap.get(dataId))
  const dtype = records[0]?.dtype ?? dataTypes.float32
  const attribute = (name: string) => attributes.find((one) => one.name === name)?.value
  const shape = shapeOf(
    op,
    attribute,
    records.map((record) => record.shape),
    (index) => constant(inputs[index]!),
  )
  // A side of -1 means the rest of the values.
  if (!shape || shape.some((side) => !(side >= 0))) return null
  if (comparing.test(op) || op === 'IsNan') return { shape, dtype: dataTypes.bool }
  if (op === 'Cast') return { shape, dtype: attribute('DstT') as number }
  // The first input says which, or how large: the values are the second.
  if (/^(Select|SelectV2|Fill|Conv2DBackpropInput)$/.test(op)) return { shape, dtype: records[1]!.dtype }
  return { shape, dtype }
}

function shapeOf(
  op: string,
  attribute: (name: string) => unknown,
  shapes: readonly Shape[],
  constantAt: (index: number) => Shape | null,
): Shape | null {
  const [a, b] = shapes as [Shape, Shape]
  if (sameAsFirst.test(op) || op === 'IsNan' || op === 'Cast') return a
  if (broadcasting.test(op) || comparing.test(op)) return broadcast(a, b)
  switch (op) {
    case 'Select':
      return b
    case 'Conv2D':
      return windowed(a, b.slice(0, 2), b[3]!, attribute)
    case 'Conv2DBackpropInput':
    case 'Fill':
      return constantAt(0)
    case 'Conv2DBackpropFilter':
    case 'Reshape':
      return constantAt(1)
    case 'AvgPool':
    case 'MaxPool':
      return windowed(a, (attribute('ksize') as Shape | undefined)?.slice(1, 3) ?? [], a[3]!, attribute)
    case 'MatMul':
      return multiplied(a, b, attribute('transpose_a') === true, attribute('transpose_b') === true)
    case 'BatchMatMulV2':
      return multiplied(a, b, attribute('adj_x') === true, attribute('adj_y') === true)
    case 'Transpose':
      return constantAt(1)?.map((axis) => a[axis]!) ?? null
    case 'Slice':
      return constantAt(2)
    case 'Tile':
      return constantAt(1)?.map((times, axis) => times * a[axis]!) ?? null
    case 'Sum':
    case 'Mean':
    case 'Max':
      return reduced(a, constantAt(1), attribute('keep_dims') === true)
    case 'ConcatV2':
      return joined(shapes.slice(0, -1), constantAt(shapes.length - 1)?.[0])
    default:
      return null
  }
}

function broadcast(a: Shape, b: Shape): Shape {
  const [long, short] = a.length >= b.length ? [a, b] : [b, a]
  const offset = long.length - short.length
  return long.map((side, i) => {
    const other = short[i - offset] ?? 1
    return side === 1 ? other : side
  })
}

function windowed(
  x: Shape,
  window: Shape,
  channels: number,
  attribute: (name: string) => unknown,
): Shape | null {
  const padding = attribute('padding')
  if (attribute('data_format') !== 'NHWC' || (padding !== 'SAME' && padding !== 'VALID')) return null
  const strides = attribute('strides') as Shape
  const dilations = (attribute('dilations') ?? [1, 1, 1, 1]) as Shape
  const side = (axis: number) => {
    const reach = padding === 'SAME' ? 1 : (window[axis - 1]! - 1) * dilations[axis]! + 1
    return Math.ceil((x[axis]! - reach + 1) / strides[axis]!)
  }
  return [x[0]!, side(1), side(2), channels]
}

function multiplied(a: Shape, b: Shape, transposeA: boolean, transposeB: boolean): Shape | null {
  if (a.length !== b.length || a.slice(0, -2).some((side, i) => side !== b[i])) return null
  return [...a.slice(0, -2), a.at(transposeA ? -1 : -2)!, b.at(transposeB ? -2 : -1)!]
}

function reduced(a: Shape, axes: Shape | null, keep: boolean): Shape | null {
  if (!axes) return null
  const gone = new Set(axes.map((axis) => (axis < 0 ? axis + a.length : axis)))
  return keep ? a.map((side, axis) => (gone.has(axis) ? 1 : side)) : a.filter((_, axis) => !gone.has(axis))
}

function joined(parts: readonly Shape[], axis: number | undefined): Shape | null {
  if (axis === undefined) return null
  const along = axis < 0 ? axis + parts[0]!.length : axis
  const total = parts.reduce((sum, part) => sum + part[along]!, 0)
  return parts[0]!.map((side, i) => (i === along ? total : side))
}

/** The values of a tensor that JavaScript made and TensorFlow has not taken over. */
function constant({ dataId }: TensorInfo): Shape | null {
  const { values } = backend.tensorMap.get(dataId)
  return values ? Array.from(values) : null
}
