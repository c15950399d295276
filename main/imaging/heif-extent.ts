import { box } from './boxes.ts'
import type { ByteReader } from './exif/ifd.ts'

/**
 * Where the last item of a HEIC file ends, as its `iloc` box says (ISO/IEC 14496-12, 8.11.3): libheif shows black tiles
 * for those that lie beyond the file's end. 0 where there is no such box.
 */
export function heifItemsEnd(read: ByteReader): number {
  const meta = box(read, 'meta')
  // `meta` has a version and flags before the boxes in it
  const iloc = meta && box(read, 'iloc', { ...meta, start: meta.start + 4 })
  if (!iloc) return 0
  const bytes = read(iloc.start, iloc.end - iloc.start)
  let at = 4
  const take = (length: number): number => {
    const start = at
    at += length
    if (length === 0 || at > bytes.length) return 0
    return length === 8 ? Number(bytes.readBigUInt64BE(start)) : bytes.readUIntBE(start, Math.min(length, 6))
  }
  const version = bytes[0] ?? 0
  const [sizes, more] = [take(1), take(1)]
  const [offsetBytes, lengthBytes, baseBytes] = [sizes >> 4, sizes & 15, more >> 4]
  const indexBytes = version > 0 ? more & 15 : 0
  const items = take(version < 2 ? 2 : 4)
  let end = 0
  for (let i = 0; i < items && at < bytes.length; i++) {
    take(version < 2 ? 2 : 4)
    const isInFile = version === 0 || (take(2) & 15) === 0
    take(2)
    const base = take(baseBytes)
    const extents = take(2)
    for (let j = 0; j < extents && at < bytes.length; j++) {
      take(indexBytes)
      const start = take(offsetBytes)
      const length = take(lengthBytes)
      if (isInFile) end = Math.max(end, base + start + length)
    }
  }
  return end
}
