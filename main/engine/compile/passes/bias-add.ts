import type { GraphNode, Value } from '../graph.ts'

const producers = new Set([
  'Conv2D',
  'Conv2DBackpropInput',
  'DepthwiseConv2dNative',
  'MatMul',
  'BatchMatMulV2',
])

/** Makes the addition of a bias a BiasAdd, which Grappler fuses with the convolution or product before it. */
export function useBiasAdd(nodes: readonly GraphNode[]): void {
  for (const node of nodes) {
    if (node.op !== 'Add' && node.op !== 'AddV2') continue
    const [x, bias] = node.inputs as [Value, Value]
    const channels = x.shape.at(-1)
    if (x.shape.length < 2 || bias.shape.length !== 1 || bias.shape[0] !== channels) continue
    if (!producers.has(behindReshapes(x)?.op ?? '')) continue
    node.op = 'BiasAdd'
    node.attributes.set('data_format', { kind: 'string', value: 'NHWC' })
  }
}

/** Makes the sum over all axes but the last, which is a bias's gradient, a BiasAddGrad. */
export function useBiasAddGrad(nodes: readonly GraphNode[]): void {
  for (const node of nodes) {
    if (node.op !== 'Sum') continue
    const [x, axes] = node.inputs as [Value, Value]
    const summed = axes.node?.constant
    const type = node.attributes.get('T')
    if (!summed || !type || node.attributes.get('keep_dims')?.value === true) continue
    if (x.shape.length < 2 || summed.length !== x.shape.length - 1) continue
    if (!Array.from(summed).every((axis, i) => axis === i)) continue
    node.op = 'BiasAddGrad'
    node.inputs = [x]
    node.attributes = new Map([
      ['T', type],
      ['data_format', { kind: 'string', value: 'NHWC' }],
    ])
  }
}

function behindReshapes({ node }: Value): GraphNode | null {
  return node?.op === 'Reshape' ? behindReshapes(node.inputs[0]!) : node
}
