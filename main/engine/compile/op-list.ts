import { fieldsOf } from '../../platform/protobuf.ts'

/** An input or output of an op: one tensor, or several where an attribute says how many or which. */
export interface OpArgument {
  readonly name: string
  /** attribute that holds its data type */
  readonly typeAttribute: string
  /** attribute that holds how many tensors it is */
  readonly numberAttribute: string
  /** attribute that holds the types of the tensors it is */
  readonly listAttribute: string
}

export interface OpDefinition {
  readonly name: string
  readonly inputs: readonly OpArgument[]
  readonly outputs: readonly OpArgument[]
  readonly attributes: ReadonlySet<string>
  /** keeps or draws something from call to call, such as random numbers */
  readonly stateful: boolean
}

const text = (value: unknown) => Buffer.from(value as Uint8Array).toString()

/** Reads a serialised OpList (tensorflow/core/framework/op_def.proto). */
export function parseOpList(bytes: Uint8Array): Map<string, OpDefinition> {
  const ops = [...fieldsOf(bytes)].filter(({ number }) => number === 1)
  return new Map(
    ops.map(({ value }) => {
      const definition = parseOp(value as Uint8Array)
      return [definition.name, definition]
    }),
  )
}

function parseOp(bytes: Uint8Array): OpDefinition {
  let name = ''
  let stateful = false
  const inputs: OpArgument[] = []
  const outputs: OpArgument[] = []
  const attributes = new Set<string>()
  for (const { number, value } of fieldsOf(bytes)) {
    if (number === 1) name = text(value)
    else if (number === 2) inputs.push(parseArgument(value as Uint8Array))
    else if (number === 3) outputs.push(parseArgument(value as Uint8Array))
    else if (number === 4) attributes.add(parseStrings(value as Uint8Array).get(1) ?? '')
    else if (number === 17) stateful = value === 1
  }
  return { name, inputs, outputs, attributes, stateful }
}

function parseArgument(bytes: Uint8Array): OpArgument {
  const fields = parseStrings(bytes)
  return {
    name: fields.get(1) ?? '',
    typeAttribute: fields.get(4) ?? '',
    numberAttribute: fields.get(5) ?? '',
    listAttribute: fields.get(6) ?? '',
  }
}

function parseStrings(bytes: Uint8Array): Map<number, string> {
  const strings = [...fieldsOf(bytes)].filter(({ value }) => typeof value !== 'number')
  return new Map(strings.map(({ number, value }) => [number, text(value)]))
}
