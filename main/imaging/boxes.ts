import type { ByteReader } from './exif/ifd.ts'

/** A box of an ISO base media file (ISO/IEC 14496-12): where its content stands. */
export interface Box {
  readonly type: string
  /** in hex, of `uuid` boxes */
  readonly uuid: string | null
  readonly start: number
  readonly end: number
}

/** More than any photo has side by side. */
const maxBoxes = 1000

/** The boxes inside `parent`, or of the whole file. */
export function* boxes(read: ByteReader, parent?: Box): Generator<Box> {
  const limit = parent?.end ?? Number.MAX_SAFE_INTEGER
  let at = parent?.start ?? 0
  for (let count = 0; count < maxBoxes && at + 8 <= limit; count++) {
    const head = read(at, 32)
    if (head.length < 8) return
    const short = head.readUInt32BE(0)
    if (short === 1 && head.length < 16) return
    const headBytes = short === 1 ? 16 : 8
    const length = short === 1 ? Number(head.readBigUInt64BE(8)) : short === 0 ? limit - at : short
    const type = head.toString('latin1', 4, 8)
    if (length < headBytes) return
    const isUuid = type === 'uuid'
    yield {
      type,
      uuid: isUuid ? head.toString('hex', headBytes, headBytes + 16) : null,
      start: at + headBytes + (isUuid ? 16 : 0),
      end: Math.min(limit, at + length),
    }
    at += length
  }
}

/** The first box of a type inside `parent`, or in the file; null where there is none. */
export function box(read: ByteReader, type: string, parent?: Box): Box | null {
  for (const one of boxes(read, parent)) if (one.type === type) return one
  return null
}
