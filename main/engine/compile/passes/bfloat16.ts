import { dataTypes, type Graph, type GraphNode, type Value } from '../graph.ts'

const { float32, bfloat16 } = dataTypes

/** Where the time goes; these are computed in bfloat16, with float32 sums inside. */
const computed = new Set([
  ...['Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter', 'DepthwiseConv2dNative'],
  ...['MatMul', 'BatchMatMul', 'BatchMatMulV2'],
])

/** Cheap ops that take bfloat16 on where it comes in, so that no cast stands between two convolutions. */
const carried = new Set([
  ...['Relu', 'ReluGrad', 'LeakyRelu', 'LeakyReluGrad', 'BiasAdd', 'BiasAddGrad', 'Sigmoid', 'Tanh'],
  ...['Reshape', 'Identity', 'Transpose', 'Pad', 'PadV2', 'Slice', 'StridedSlice'],
  ...['MaxPool', 'MaxPoolGrad', 'DepthToSpace', 'SpaceToDepth'],
])

/**
 * Sums of what is bfloat16 already stay so: oneDNN fuses them with the convolution before, where they are added in
 * float32 and rounded once. A sum with something in float32 is float32.
 */
const summed = new Set(['Add', 'AddV2', 'AddN'])

/**
 * Computes convolutions and products in bfloat16, except those under `inFloat32`; inputs, outputs and everything else stay float32, so weights
 * and optimizer state keep their precision.
 */
export function useBfloat16({ inputs, nodes, outputs }: Graph): Graph {
  const ordered: GraphNode[] = []
  const casts = new Map<Value, Value>()
  function cast(value: Value, to: number): Value {
    const known = casts.get(value)
    if (known) return known
    const node: GraphNode = {
      op: 'Cast',
      inputs: [value],
      attributes: new Map([
        ['SrcT', { kind: 'type', value: value.dtype }],
        ['DstT', { kind: 'type', value: to }],
      ]),
      outputs: [],
    }
    const result: Value = { node, index: 0, dtype: to, shape: value.shape }
    node.outputs.push(result)
    ordered.push(node)
    casts.set(value, result)
    return result
  }
  const lowered = (value: Value) => (value.dtype === float32 ? cast(value, bfloat16) : value)
  const raised = (value: Value) => (value.dtype === bfloat16 ? cast(value, float32) : value)

  for (const node of nodes) {
    const low =
      !node.exact &&
      ((computed.has(node.op) && node.inputs.some(({ dtype }) => dtype === float32 || dtype === bfloat16)) ||
        (carried.has(node.op) && node.inputs[0]!.dtype === bfloat16) ||
        (summed.has(node.op) && node.inputs.every(({ dtype }) => dtype === bfloat16)))
    node.inputs = node.inputs.map(low ? lowered : raised)
    if (low) {
      for (const [name, { kind, value }] of node.attributes) {
        if (kind === 'type' && value === float32) node.attributes.set(name, { kind, value: bfloat16 })
      }
      for (const output of node.outputs) if (output.dtype === float32) output.dtype = bfloat16
    }
    ordered.push(node)
  }
  return { inputs, outputs: outputs.map(raised), nodes: ordered }
}
