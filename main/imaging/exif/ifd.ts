/**
 * Image file directories, the structure of TIFF files and of EXIF blocks (TIFF 6.0, Exif 2.32 / CIPA DC-008).
 *
 *   header: II or MM, 42, offset of the first directory
 *   directory: count, 12-byte entries (tag, type, count, value or its offset), offset of the next
 */

export interface IfdEntry {
  readonly tag: number
  /** 1 byte, 2 text, 3 uint16, 4 uint32, 5 rational, 6 int8, 7 opaque, 8 int16, 9 int32, 10 srational, ... */
  readonly type: number
  readonly count: number
  /** The value's bytes, little-endian whatever the source was. */
  readonly value: Buffer
  /** Where the 12-byte entry and the value stand in the source. */
  readonly entryAt: number
  readonly valueAt: number
}

export interface Ifd {
  readonly at: number
  readonly entries: IfdEntry[]
  /** Offset of the next directory, 0 for none. */
  readonly nextOffset: number
}

/** Returns `length` bytes from `offset`, or fewer at the end of the source. */
export type ByteReader = (offset: number, length: number) => Buffer

export const bufferReader =
  (bytes: Buffer): ByteReader =>
  (offset, length) =>
    bytes.subarray(offset, offset + length)

const sizeOfType = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4]
const swapWidthOfType = [0, 1, 1, 2, 4, 4, 1, 1, 2, 4, 4, 4, 8, 4]
/** No tag that travels is longer: what claims more is damage, or pixels. */
const maxValueBytes = 16 * 2 ** 20

export interface TiffHeader {
  readonly little: boolean
  readonly firstOffset: number
}

/** The eight bytes at the start, or null where they are not a classic TIFF header. */
export function readHeader(read: ByteReader): TiffHeader | null {
  const head = read(0, 8)
  if (head.length < 8) return null
  const mark = head.toString('latin1', 0, 4)
  if (mark === 'II*\0') return { little: true, firstOffset: head.readUInt32LE(4) }
  if (mark === 'MM\0*') return { little: false, firstOffset: head.readUInt32BE(4) }
  return null
}

/** The directory at `at`, without entries whose value lies outside the source; null where there is none. */
export function readIfd(read: ByteReader, at: number, little: boolean): Ifd | null {
  const u16 = (bytes: Buffer, offset: number) =>
    little ? bytes.readUInt16LE(offset) : bytes.readUInt16BE(offset)
  const u32 = (bytes: Buffer, offset: number) =>
    little ? bytes.readUInt32LE(offset) : bytes.readUInt32BE(offset)
  const head = at >= 8 ? read(at, 2) : Buffer.alloc(0)
  if (head.length < 2) return null
  const count = u16(head, 0)
  const table = read(at + 2, count * 12 + 4)
  if (table.length < count * 12) return null
  const entries: IfdEntry[] = []
  for (let i = 0; i < count; i++) {
    const type = u16(table, i * 12 + 2)
    const values = u32(table, i * 12 + 4)
    const bytes = (sizeOfType[type] ?? 0) * values
    if (bytes === 0 || bytes > maxValueBytes) continue
    const entryAt = at + 2 + i * 12
    const valueAt = bytes <= 4 ? entryAt + 8 : u32(table, i * 12 + 8)
    const value = Buffer.from(read(valueAt, bytes))
    if (value.length < bytes) continue
    const width = swapWidthOfType[type]
    if (!little && width === 2) value.swap16()
    if (!little && width === 4) value.swap32()
    if (!little && width === 8) value.swap64()
    entries.push({ tag: u16(table, i * 12), type, count: values, value, entryAt, valueAt })
  }
  return { at, entries, nextOffset: table.length >= count * 12 + 4 ? u32(table, count * 12) : 0 }
}

export function findEntry(ifd: Ifd | null, tag: number): IfdEntry | undefined {
  return ifd?.entries.find((entry) => entry.tag === tag)
}

/** The first value as a number (rationals divided), or undefined. */
export function numberOf(entry: IfdEntry | undefined, index = 0): number | undefined {
  if (!entry || index >= entry.count) return undefined
  const at = index * sizeOfType[entry.type]
  const { value } = entry
  if (entry.type === 1 || entry.type === 7) return value.readUInt8(at)
  if (entry.type === 3) return value.readUInt16LE(at)
  if (entry.type === 4 || entry.type === 13) return value.readUInt32LE(at)
  if (entry.type === 8) return value.readInt16LE(at)
  if (entry.type === 9) return value.readInt32LE(at)
  if (entry.type === 5) return value.readUInt32LE(at) / value.readUInt32LE(at + 4)
  if (entry.type === 10) return value.readInt32LE(at) / value.readInt32LE(at + 4)
  return undefined
}

/** Text up to its first zero, trimmed; undefined when empty. */
export function textOf(entry: IfdEntry | undefined): string | undefined {
  if (entry?.type !== 2) return undefined
  return (
    entry.value
      .toString('utf8')
      .replace(/\0[\s\S]*$/, '')
      .trim() || undefined
  )
}
