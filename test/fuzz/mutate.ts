import { crc32 } from 'node:zlib'
import { fixedHeadLength, wholeHeadLength } from '../../main/code/container/head.ts'
import { codeGrid } from '../../main/code/grid.ts'
import type { Random } from '../../shared/random.ts'

const extremes = [0, 1, 0x7f, 0x80, 0xff]
const extremes32 = [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 1024, 30_000]

/** A damaged copy of a file: one to four of what happens to files, and of what is done to them on purpose. */
export function mutate(original: Uint8Array, random: Random): Uint8Array {
  let bytes = Buffer.from(original)
  for (let count = 1 + random.integer(4); count > 0; count--) bytes = Buffer.from(mutateOnce(bytes, random))
  return bytes
}

function mutateOnce(bytes: Buffer, random: Random): Uint8Array {
  if (bytes.length === 0) return bytes
  // Every other one hits the first bytes, where lengths and sizes are.
  const reach = random.integer(2) ? bytes.length : Math.min(bytes.length, 64)
  const at = random.integer(reach)
  const length = 1 + random.integer(Math.min(64, bytes.length - at))
  switch (random.integer(8)) {
    case 0:
      bytes[at]! ^= 1 << random.integer(8)
      return bytes
    case 1:
      bytes[at] = random.integer(256)
      return bytes
    case 2:
      bytes[at] = extremes[random.integer(extremes.length)]!
      return bytes
    case 3:
      if (at + 4 <= bytes.length) bytes.writeUInt32LE(extremes32[random.integer(extremes32.length)]!, at)
      return bytes
    case 4:
      return bytes.subarray(0, at)
    case 5:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)])
    case 6:
      return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)])
    default:
      return bytes.fill(random.integer(256), at, at + length)
  }
}

/**
 * Makes the checksums of a damaged file right again, as far as its layout lasts, so that what lies behind them is
 * reached: of the streams, the chunks and the head, and with `lengths` the lengths as well.
 */
export function mend(damaged: Uint8Array): Uint8Array {
  const bytes = Buffer.from(damaged)
  if (bytes.length < fixedHeadLength) return bytes
  bytes.set([0x89, 0x48, 0x47, 0x49, 1])
  let length: number
  try {
    length = wholeHeadLength(bytes.subarray(0, fixedHeadLength), 'fuzz')
  } catch {
    return bytes
  }
  if (bytes.length < length) return bytes
  const { rows, columns } = codeGrid(bytes.readUInt16LE(6), bytes.readUInt16LE(8))
  let start = length
  let at = fixedHeadLength + (bytes[5]! & 0x80 ? 2 : 0)
  for (let entry = 0; at < length - 4; entry++) {
    const end = start + bytes.readUInt32LE(at)
    if (end <= bytes.length) bytes.writeUInt32LE(crc32(bytes.subarray(start, end)), at + 4)
    start = end
    at += entry < rows * columns ? 12 : 8
  }
  bytes.writeUInt32LE(crc32(bytes.subarray(0, length - 4)), length - 4)
  return bytes
}
