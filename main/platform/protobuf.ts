/**
 * The wire format of protocol buffers, as far as event files and compiled functions need it: a message is the concatenation of its
 * fields, and each function here encodes one field (https://protobuf.dev/programming-guides/encoding).
 */
const encoder = new TextEncoder()

/** The parts one after another: a message made of its fields. */
export function message(...fields: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, field) => sum + field.length, 0))
  let at = 0
  for (const field of fields) {
    bytes.set(field, at)
    at += field.length
  }
  return bytes
}

/** An int64, int32 or enum; negative numbers take ten bytes, as the format says. */
export function integerField(number: number, value: number): Uint8Array {
  return message(varint((number << 3) | 0), varint(value))
}

export function doubleField(number: number, value: number): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setFloat64(0, value, true)
  return message(varint((number << 3) | 1), bytes)
}

export function floatField(number: number, value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setFloat32(0, value, true)
  return message(varint((number << 3) | 5), bytes)
}

/** A string (UTF-8), raw bytes, or a message inside a message. */
export function bytesField(number: number, value: string | Uint8Array): Uint8Array {
  const bytes = typeof value === 'string' ? encoder.encode(value) : value
  return message(varint((number << 3) | 2), varint(bytes.length), bytes)
}

export function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128)
    rest >>= 7n
  }
  bytes.push(Number(rest))
  return Uint8Array.from(bytes)
}

/** One field as it stands on the wire: varints as numbers, everything else as its bytes. */
export interface Field {
  readonly number: number
  readonly value: number | Uint8Array
}

/** The fields of a message, in their order. */
export function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  let at = 0
  const varintAt = (): number => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return Number(BigInt.asIntN(64, value))
    }
  }
  const bytesAt = (length: number) => {
    at += length
    return bytes.subarray(at - length, at)
  }
  while (at < bytes.length) {
    const tag = varintAt()
    const number = tag >> 3
    if ((tag & 7) === 0) yield { number, value: varintAt() }
    else if ((tag & 7) === 1) yield { number, value: bytesAt(8) }
    else if ((tag & 7) === 5) yield { number, value: bytesAt(4) }
    else yield { number, value: bytesAt(varintAt()) }
  }
}
