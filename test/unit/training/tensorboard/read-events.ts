/**
 * An event file reader that shares nothing with the writer: bitwise CRC-32C, records, and protocol buffers taken
 * apart into field numbers and values.
 */
export interface Field {
  readonly number: number
  readonly value: bigint | Buffer
}

export function readRecords(file: Buffer): Buffer[] {
  const payloads: Buffer[] = []
  for (let at = 0; at < file.length; ) {
    const length = Number(file.readBigUInt64LE(at))
    check(file.subarray(at, at + 8), file.readUInt32LE(at + 8))
    const payload = file.subarray(at + 12, at + 12 + length)
    check(payload, file.readUInt32LE(at + 12 + length))
    payloads.push(payload)
    at += length + 16
  }
  return payloads
}

export function readFields(message: Buffer): Field[] {
  const fields: Field[] = []
  let at = 0
  const varint = () => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = message.readUInt8(at++)
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return value
    }
  }
  while (at < message.length) {
    const key = Number(varint())
    const [number, type] = [key >> 3, key & 7]
    if (type === 0) {
      fields.push({ number, value: varint() })
      continue
    }
    const length = type === 1 ? 8 : type === 5 ? 4 : type === 2 ? Number(varint()) : Number.NaN
    if (!(at + length <= message.length))
      throw new Error(`field ${number} of type ${type} leaves the message`)
    fields.push({ number, value: message.subarray(at, at + length) })
    at += length
  }
  return fields
}

/** Follows field numbers into nested messages; the first field of each number counts. */
export function find(message: Buffer, ...path: number[]): bigint | Buffer | undefined {
  let value: bigint | Buffer | undefined = message
  for (const number of path)
    value = readFields(value as Buffer).find((field) => field.number === number)?.value
  return value
}

function check(bytes: Buffer, masked: number): void {
  let crc = 0xffffffff
  for (const byte of bytes) {
    for (let bit = 0; bit < 8; bit++) {
      const mix = (crc ^ (byte >> bit)) & 1
      crc = (crc >>> 1) ^ (mix ? 0x82f63b78 : 0)
    }
  }
  crc = ~crc >>> 0
  const rotated = Number(((BigInt(crc) >> 15n) | (BigInt(crc) << 17n)) & 0xffffffffn)
  const expected = (rotated + 0xa282ead8) % 2 ** 32
  if (expected !== masked) throw new Error(`CRC ${masked} where ${expected} was computed`)
}
