import { bytesField, floatField, integerField, message, varint } from '../../platform/protobuf.ts'
import { type Attribute, type ConstantTensor, dataTypes } from './graph.ts'

/** An attribute as an AttrValue message (tensorflow/core/framework/attr_value.proto). */
export function attributeValue(attribute: Attribute): Uint8Array {
  const { kind, value } = attribute
  switch (kind) {
    case 'string':
      return bytesField(2, value)
    case 'integer':
      return integerField(3, value)
    case 'float':
      return floatField(4, value)
    case 'boolean':
      return integerField(5, value ? 1 : 0)
    case 'type':
      return integerField(6, value)
    case 'shape':
      return bytesField(7, shapeMessage(value))
    case 'tensor':
      return bytesField(8, tensorMessage(value))
    case 'integers':
      return bytesField(1, bytesField(3, packed(value)))
    case 'floats':
      return bytesField(1, bytesField(4, bytesOf(Float32Array.from(value))))
    case 'types':
      return bytesField(1, bytesField(6, packed(value)))
  }
}

/** The attribute that tells a function the shapes of an input: a list of one shape. */
export function shapeList(shape: readonly number[]): Uint8Array {
  return bytesField(1, bytesField(7, shapeMessage(shape)))
}

function shapeMessage(shape: readonly number[]): Uint8Array {
  return message(...shape.map((side) => bytesField(2, integerField(1, side))))
}

/** A TensorProto; where all values are equal it holds one, which stands for all. */
function tensorMessage({ dtype, shape, values }: ConstantTensor): Uint8Array {
  const first = values[0]!
  const equal = values.length > 0 && Array.prototype.every.call(values, (value) => Object.is(value, first))
  const kept = equal ? [first] : Array.from(values)
  const head = message(integerField(1, dtype), bytesField(2, shapeMessage(shape)))
  if (dtype === dataTypes.float32) {
    const bytes = bytesOf(Float32Array.from(kept))
    return message(head, bytesField(equal ? 5 : 4, bytes))
  }
  if (dtype === dataTypes.int32) {
    return message(head, equal ? bytesField(7, varint(first)) : bytesField(4, bytesOf(Int32Array.from(kept))))
  }
  return message(head, equal ? bytesField(11, varint(Number(first))) : bytesField(4, Uint8Array.from(kept)))
}

function packed(values: readonly number[]): Uint8Array {
  return message(...values.map(varint))
}

function bytesOf(values: Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(values.buffer)
}
