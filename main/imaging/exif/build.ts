import type { ByteReader } from './ifd.ts'
import { type NewEntry, portable, readExifTree } from './tree.ts'

export const uint16Entry = (tag: number, ...values: number[]): NewEntry => {
  const value = Buffer.alloc(values.length * 2)
  for (const [i, v] of values.entries()) value.writeUInt16LE(v, i * 2)
  return { tag, type: 3, count: values.length, value }
}

export const uint32Entry = (tag: number, ...values: number[]): NewEntry => {
  const value = Buffer.alloc(values.length * 4)
  for (const [i, v] of values.entries()) value.writeUInt32LE(v, i * 4)
  return { tag, type: 4, count: values.length, value }
}

export const rationalEntry = (tag: number, numerator: number, denominator: number): NewEntry => {
  const value = Buffer.alloc(8)
  value.writeUInt32LE(numerator, 0)
  value.writeUInt32LE(denominator, 4)
  return { tag, type: 5, count: 1, value }
}

export const opaqueEntry = (tag: number, value: Buffer, type: 1 | 2 | 7 = 7): NewEntry => ({
  tag,
  type,
  count: value.length,
  value,
})

/**
 * A directory and the ones below it as they stand in a little-endian file from offset `at` on: directory,
 * its long values, then each nested directory in the same way. Entries are sorted, as TIFF asks.
 */
export function writeDirectories(at: number, own: NewEntry[], nested: Map<number, NewEntry[]>): Buffer {
  const all = [...own, ...[...nested.keys()].map((tag) => uint32Entry(tag, 0))].sort((a, b) => a.tag - b.tag)
  const tableBytes = 2 + all.length * 12 + 4
  const table = Buffer.alloc(tableBytes)
  table.writeUInt16LE(all.length, 0)
  const tail: Buffer[] = []
  let end = at + tableBytes
  const append = (bytes: Buffer) => {
    const start = end
    tail.push(bytes)
    end += bytes.length
    if (end % 2) {
      tail.push(Buffer.alloc(1))
      end++
    }
    return start
  }
  if (end % 2) append(Buffer.alloc(1))
  for (const [i, entry] of all.entries()) {
    const base = 2 + i * 12
    table.writeUInt16LE(entry.tag, base)
    table.writeUInt16LE(entry.type, base + 2)
    table.writeUInt32LE(entry.count, base + 4)
    const below = nested.get(entry.tag)
    if (below) table.writeUInt32LE(append(writeDirectories(end, below, new Map())), base + 8)
    else if (entry.value.length <= 4) entry.value.copy(table, base + 8)
    else table.writeUInt32LE(append(entry.value), base + 8)
  }
  return Buffer.concat([table, ...tail])
}

/**
 * A standalone EXIF block with what a TIFF file says about the photo; null where it says nothing. `keep` decides about
 * single entries.
 */
export function exifFromTiff(read: ByteReader, keep?: (entry: NewEntry) => boolean): Buffer | null {
  const tree = readExifTree(read)
  return tree && exifOf(portable(tree), keep)
}

/** A standalone EXIF block of these entries; null for none. */
export function exifOf(
  { own, nested }: ReturnType<typeof portable>,
  keep: (entry: NewEntry) => boolean = () => true,
): Buffer | null {
  if (own.length === 0 && nested.size === 0) return null
  const kept = new Map([...nested].map(([tag, entries]) => [tag, entries.filter(keep)]))
  const header = Buffer.from('II*\0\x08\0\0\0', 'latin1')
  return Buffer.concat([header, writeDirectories(8, own.filter(keep), kept)])
}
