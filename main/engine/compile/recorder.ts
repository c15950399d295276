import type { Tensor } from '../tensorflow.ts'
import { allOps, backend, type OpAttribute } from './backend.ts'
import { type Attribute, dataTypes, type Graph, type GraphNode, type Value } from './graph.ts'
import { keepsFloat32 } from './precision.ts'
import { drawingFunction, refusal } from './refuse.ts'

/** A constant float array above this is taken for data that should have been an input. */
const maxFloatConstant = 256

/** Ops whose output shapes depend on the values they get. */
const shapedByData =
  /^(Where|Unique|UniqueV2|UniqueWithCounts|NonMaxSuppression.*|SetDiff1D|ListDiff|DynamicPartition)$/

export const bakedRandom = 'its random numbers would be baked in; draw them outside and pass them as an input'

interface CreatedConstant {
  readonly values: ArrayLike<number>
  readonly shape: readonly number[]
  readonly dtype: number
}

type DataId = object
type TensorInfo = Pick<Tensor, 'dataId' | 'shape'>

/** Writes down the ops that run while a function is traced, and refuses those that a graph would get wrong. */
export class Recorder {
  readonly #nodes: GraphNode[] = []
  readonly #values = new Map<DataId, Value>()
  readonly #created = new Map<DataId, CreatedConstant>()
  readonly #foreign = new Set<DataId>()
  readonly #inputs: readonly Value[]

  constructor(inputs: readonly Tensor[]) {
    this.#inputs = inputs.map(({ dataId, shape }, index) => {
      const { dtype } = backend.tensorMap.get(dataId)
      const value: Value = { node: null, index, dtype, shape }
      this.#values.set(dataId, value)
      return value
    })
  }

  graph(outputs: readonly Tensor[]): Graph {
    return {
      inputs: this.#inputs,
      outputs: outputs.map((tensor) => this.valueOf(tensor, 'a result')),
      nodes: this.#nodes,
    }
  }

  /** Before an op runs: its inputs must be known, and it must be one that can be replayed. */
  check(op: string, inputs: readonly TensorInfo[]): void {
    const definition = allOps().get(op)
    if (!definition) throw refusal(op, 'this TensorFlow does not list it')
    if (definition.stateful)
      throw refusal(op, 'it draws or keeps something at each call; pass its result as an input')
    if (shapedByData.test(op))
      throw refusal(op, "its output's shape depends on data and would be baked in; do it outside")
    for (const input of inputs) this.valueOf(input, op)
  }

  /** After it ran. */
  record(
    op: string,
    attributes: readonly OpAttribute[],
    inputs: readonly TensorInfo[],
    outputs: readonly Tensor[],
  ): void {
    const node: GraphNode = {
      op,
      inputs: inputs.map((input) => this.valueOf(input, op)),
      attributes: new Map(attributes.map((attribute) => [attribute.name, asAttribute(op, attribute)])),
      outputs: [],
      exact: keepsFloat32(),
    }
    for (const [index, { dataId, shape }] of outputs.entries()) {
      const value: Value = { node, index, dtype: backend.tensorMap.get(dataId).dtype, shape: [...shape] }
      node.outputs.push(value)
      this.#values.set(dataId, value)
      this.#foreign.delete(dataId)
    }
    this.#nodes.push(node)
  }

  /** A tensor was made from JavaScript's values. */
  created(dataId: DataId, values: ArrayLike<number>, shape: readonly number[], type: string): void {
    const random = drawingFunction()
    if (random) throw refusal(random, bakedRandom)
    const dtype = dataTypes[type as keyof typeof dataTypes]
    if (!dtype) throw refusal(`a ${type} constant`, 'only float32, int32 and bool are traced')
    if (type === 'float32' && values.length > maxFloatConstant && !allEqual(values)) {
      throw refusal(
        `a constant of ${values.length} values`,
        'data would be baked in; make the tensor outside and pass it as an input',
      )
    }
    this.#created.set(dataId, { values, shape: [...shape], dtype })
  }

  /** A tensor came from TensorFlow; unless `record` follows, not through an op that was seen. */
  appeared(dataId: DataId): void {
    this.#foreign.add(dataId)
  }

  /** JavaScript reads values: allowed of constants only. */
  read(dataId: DataId): void {
    if (this.#created.has(dataId)) return
    throw refusal(
      'a read of a tensor (dataSync, array, or gather, which checks its indices)',
      'its result would be baked in; compute with the tensor itself, or read outside',
    )
  }

  valueOf({ dataId, shape }: TensorInfo, op: string): Value {
    const known = this.#values.get(dataId)
    if (known) return known
    if (this.#foreign.has(dataId))
      throw refusal(op, 'it uses a tensor made by a native call that is no op (a saved model)')
    const constant = this.#created.get(dataId)
    if (!constant) {
      const what = `a tensor [${shape}] that is neither an input nor made inside`
      throw refusal(op, `it uses ${what}; pass it as an input`)
    }
    const node: GraphNode = {
      op: 'Const',
      inputs: [],
      attributes: new Map([
        ['dtype', { kind: 'type', value: constant.dtype }],
        ['value', { kind: 'tensor', value: constant }],
      ]),
      outputs: [],
      constant: constant.values,
    }
    const value: Value = { node, index: 0, dtype: constant.dtype, shape: constant.shape }
    node.outputs.push(value)
    this.#nodes.push(node)
    this.#values.set(dataId, value)
    return value
  }
}

function asAttribute(op: string, { name, type, value }: OpAttribute): Attribute {
  const { binding } = backend
  const list = Array.isArray(value)
  switch (type) {
    case binding.TF_ATTR_STRING:
      return { kind: 'string', value: value as string }
    case binding.TF_ATTR_INT:
      return list ? { kind: 'integers', value } : { kind: 'integer', value: value as number }
    case binding.TF_ATTR_FLOAT:
      return list ? { kind: 'floats', value } : { kind: 'float', value: value as number }
    case binding.TF_ATTR_BOOL:
      return { kind: 'boolean', value: value as boolean }
    case binding.TF_ATTR_TYPE:
      return { kind: 'type', value: value as number }
    case binding.TF_ATTR_SHAPE:
      return { kind: 'shape', value: value as number[] }
    default:
      throw refusal(op, `its attribute ${name} is of an unknown kind (${type})`)
  }
}

function allEqual(values: ArrayLike<number>): boolean {
  return Array.prototype.every.call(values, (value) => value === values[0])
}
