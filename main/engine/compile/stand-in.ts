import type { Tensor } from '../tensorflow.ts'
import { backend, type OpAttribute } from './backend.ts'

type TensorInfo = Pick<Tensor, 'dataId' | 'shape'>
type Shape = readonly number[]

/**
 * The shape of an expensive op's only output, where it follows from shapes and constants; else null. While
 * tracing zeros stand for it, so that a trace takes a fraction of a run.
 */
export function standInShape(
  op: string,
  attributes: readonly OpAttribute[],
  inputs: readonly TensorInfo[],
): Shape | null {
  const attribute = (name: string) => attributes.find((one) => one.name === name)?.value
  const shapes = inputs.map(({ dataId }) => backend.tensorMap.get(dataId).shape)
  const flag = (name: string) => attribute(name) === true
  switch (op) {
    case 'Conv2D':
      return convolved(shapes[0]!, shapes[1]!, attribute)
    case 'Conv2DBackpropInput':
      return constant(inputs[0]!)
    case 'Conv2DBackpropFilter':
      return constant(inputs[1]!)
    case 'MatMul':
      return multiplied(shapes[0]!, shapes[1]!, flag('transpose_a'), flag('transpose_b'))
    case 'BatchMatMulV2':
      return multiplied(shapes[0]!, shapes[1]!, flag('adj_x'), flag('adj_y'))
    default:
      return null
  }
}

function convolved(x: Shape, filter: Shape, attribute: (name: string) => unknown): Shape | null {
  const padding = attribute('padding')
  if (attribute('data_format') !== 'NHWC' || (padding !== 'SAME' && padding !== 'VALID')) return null
  const strides = attribute('strides') as Shape
  const dilations = (attribute('dilations') ?? [1, 1, 1, 1]) as Shape
  const side = (axis: number) => {
    const reach = padding === 'SAME' ? 1 : (filter[axis - 1]! - 1) * dilations[axis]! + 1
    return Math.ceil((x[axis]! - reach + 1) / strides[axis]!)
  }
  return [x[0]!, side(1), side(2), filter[3]!]
}

function multiplied(a: Shape, b: Shape, transposeA: boolean, transposeB: boolean): Shape | null {
  if (a.length !== b.length || a.slice(0, -2).some((side, i) => side !== b[i])) return null
  return [...a.slice(0, -2), a.at(transposeA ? -1 : -2)!, b.at(transposeB ? -2 : -1)!]
}

/** The values of a tensor that JavaScript made and TensorFlow has not yet taken over. */
function constant({ dataId }: TensorInfo): Shape | null {
  const { values } = backend.tensorMap.get(dataId)
  return values ? Array.from(values) : null
}
