import { bytesField, integerField, message } from '../../platform/protobuf.ts'
import { attributeValue, shapeList } from './attributes.ts'
import type { Attribute, Graph, GraphNode, Value } from './graph.ts'
import type { OpDefinition } from './op-list.ts'

export interface FunctionDefOptions {
  readonly name: string
  readonly ops: ReadonlyMap<string, OpDefinition>
  /** have XLA compile it */
  readonly xla: boolean
}

type Attributes = ReadonlyMap<string, Attribute>

/** A graph as a FunctionDef message (tensorflow/core/framework/function.proto). */
export function functionDef({ inputs, nodes, outputs }: Graph, options: FunctionDefOptions): Uint8Array {
  const { name, ops, xla } = options
  const names = new Map(nodes.map((node, i) => [node, `${node.op.replace(/^_+/, '')}_${i}`]))
  const attributes = new Map(nodes.map((node) => [node, completeAttributes(node, ops.get(node.op)!)]))
  const reference = ({ node, index }: Value): string =>
    node
      ? `${names.get(node)}:${outputReference(ops.get(node.op)!, index, attributes.get(node)!)}`
      : `input_${index}`
  const signature = message(
    bytesField(1, name),
    ...inputs.map((value) =>
      bytesField(2, message(bytesField(1, reference(value)), integerField(3, value.dtype))),
    ),
    ...outputs.map((value, i) =>
      bytesField(3, message(bytesField(1, `output_${i}`), integerField(3, value.dtype))),
    ),
  )
  return message(
    bytesField(1, signature),
    ...nodes.map((node) => bytesField(3, nodeDef(node, names.get(node)!, attributes.get(node)!, reference))),
    ...outputs.map((value, i) => bytesField(4, mapEntry(`output_${i}`, bytesOfText(reference(value))))),
    ...(xla
      ? [bytesField(5, mapEntry('_XlaMustCompile', attributeValue({ kind: 'boolean', value: true })))]
      : []),
    ...inputs.map(({ shape }, i) =>
      bytesField(
        7,
        message(
          integerField(1, i),
          bytesField(2, bytesField(1, mapEntry('_output_shapes', shapeList(shape)))),
        ),
      ),
    ),
  )
}

/** A session configuration under which Grappler optimises graphs of any size, even small ones. */
export function configProto(): Uint8Array {
  const rewrites = integerField(17, -1) // min_graph_nodes: no lower limit
  return bytesField(10, bytesField(10, rewrites))
}

function nodeDef(
  node: GraphNode,
  name: string,
  attributes: Attributes,
  reference: (value: Value) => string,
): Uint8Array {
  return message(
    bytesField(1, name),
    bytesField(2, node.op),
    ...node.inputs.map((value) => bytesField(3, reference(value))),
    ...[...attributes].map(([key, attribute]) => bytesField(5, mapEntry(key, attributeValue(attribute)))),
  )
}

/** The attributes that the op knows, with those that eager execution infers from the inputs. */
function completeAttributes(node: GraphNode, definition: OpDefinition): Map<string, Attribute> {
  const known = [...node.attributes].filter(([key]) => definition.attributes.has(key))
  const attributes = new Map<string, Attribute>(known)
  const infer = (key: string, attribute: () => Attribute) => {
    if (key && !attributes.has(key)) attributes.set(key, attribute())
  }
  let at = 0
  for (const { typeAttribute, numberAttribute, listAttribute } of definition.inputs) {
    const rest = node.inputs.slice(at)
    const single = definition.inputs.length - 1
    infer(numberAttribute, () => ({ kind: 'integer', value: node.inputs.length - single }))
    infer(listAttribute, () => ({ kind: 'types', value: rest.map(({ dtype }) => dtype) }))
    infer(typeAttribute, () => ({ kind: 'type', value: rest[0]!.dtype }))
    at += countOf(attributes, numberAttribute, listAttribute)
  }
  return attributes
}

/** `name:i` of output `index`, counted over all outputs, in the op's own terms. */
function outputReference(definition: OpDefinition, index: number, attributes: Attributes): string {
  let at = index
  for (const { name, numberAttribute, listAttribute } of definition.outputs) {
    const count = countOf(attributes, numberAttribute, listAttribute)
    if (at < count) return `${name}:${at}`
    at -= count
  }
  throw new RangeError(`${definition.name} has no output ${index}`)
}

function countOf(attributes: Attributes, number: string, list: string): number {
  if (number) return attributes.get(number)!.value as number
  return list ? (attributes.get(list)!.value as readonly number[]).length : 1
}

function mapEntry(key: string, value: Uint8Array): Uint8Array {
  return message(bytesField(1, key), bytesField(2, value))
}

function bytesOfText(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
