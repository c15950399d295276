import { type Attribute, dataTypes, type GraphNode, type Value } from '../graph.ts'

const float: [string, Attribute] = ['T', { kind: 'type', value: dataTypes.float32 }]

/**
 * tfjs's gradient of relu is dy * step(x), five ops that go through memory; TensorFlow has one. It takes relu(x) as
 * well as x, whose signs agree, and so leaves x to the fusion of convolution, bias and relu.
 */
export function useReluGrad(nodes: readonly GraphNode[]): void {
  const results = resultsOf('Relu', nodes)
  for (const node of nodes) {
    if (node.op !== 'Mul') continue
    for (const i of [0, 1]) {
      const x = steppedInput(node.inputs[i]!)
      if (x?.dtype !== dataTypes.float32) continue
      node.op = 'ReluGrad'
      node.inputs = [node.inputs[1 - i]!, results.get(x) ?? x]
      node.attributes = new Map([float])
      break
    }
  }
}

/** tfjs's gradient of leakyRelu is where(x > 0, dy, dy * alpha). */
export function useLeakyReluGrad(nodes: readonly GraphNode[]): void {
  const results = resultsOf('LeakyRelu', nodes)
  for (const node of nodes) {
    if (node.op !== 'Select' && node.op !== 'SelectV2') continue
    const [condition, dy, scaled] = node.inputs as [Value, Value, Value]
    const alpha = factorOf(scaled, dy)
    const [x, zero] = condition.node?.op === 'Greater' ? condition.node.inputs : []
    if (alpha === null || !x || x.dtype !== dataTypes.float32 || constantOf(zero) !== 0) continue
    if (String(x.shape) !== String(dy.shape)) continue
    const result = results.get(x)
    const slope = result?.node?.attributes.get('alpha')?.value
    node.op = 'LeakyReluGrad'
    node.inputs = [dy, result && typeof slope === 'number' && slope > 0 ? result : x]
    node.attributes = new Map<string, Attribute>([float, ['alpha', { kind: 'float', value: alpha }]])
  }
}

/** Results of the nodes of one op by what they were made from. */
function resultsOf(op: string, nodes: readonly GraphNode[]): Map<Value, Value> {
  return new Map(
    nodes.filter((node) => node.op === op).map(({ inputs, outputs }) => [inputs[0]!, outputs[0]!]),
  )
}

/** x where the value is step(x) with alpha 0: Select(IsNan(x), x, Select(x > 0, 1, 0)), perhaps cast to its own type */
function steppedInput(value: Value): Value | null {
  const { node } = value
  if (node?.op === 'Cast' && node.inputs[0]!.dtype === value.dtype) return steppedInput(node.inputs[0]!)
  if (node?.op !== 'Select' && node?.op !== 'SelectV2') return null
  const [nan, x, step] = node.inputs as [Value, Value, Value]
  if (nan.node?.op !== 'IsNan' || nan.node.inputs[0] !== x) return null
  const inner = step.node
  if (inner?.op !== 'Select' && inner?.op !== 'SelectV2') return null
  const [positive, one, other] = inner.inputs as [Value, Value, Value]
  const [compared, zero] = positive.node?.op === 'Greater' ? positive.node.inputs : []
  if (compared !== x || constantOf(zero) !== 0) return null
  return constantOf(one) === 1 && constantOf(other) === 0 ? x : null
}

/** The constant a in `value` = `of` * a, else null. */
function factorOf(value: Value, of: Value): number | null {
  const { node } = value
  if (node?.op !== 'Mul') return null
  const [a, b] = node.inputs as [Value, Value]
  return a === of ? constantOf(b) : b === of ? constantOf(a) : null
}

/** The one value that a constant, or a tensor filled with one, holds everywhere, else null. */
function constantOf(value: Value | undefined): number | null {
  const node = value?.node
  if (node?.op === 'Fill' || node?.op === 'Cast' || node?.op === 'Reshape' || node?.op === 'BroadcastTo') {
    return constantOf(node.inputs[node.op === 'Fill' ? 1 : 0])
  }
  const values = node?.constant
  if (!values || values.length === 0) return null
  return Array.prototype.every.call(values, (one) => one === values[0]) ? values[0]! : null
}
