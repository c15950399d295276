import { type ByteReader, findEntry, type Ifd, numberOf } from '../exif/ifd.ts'
import type { RawFormat } from '../formats.ts'
import { holdsSensorData, imageDirectories, rawTags } from './directories.ts'

/**
 * Where the sensor's samples end in the file, as its directories say: LibRaw fills what is missing with black without
 * a word. 0 where they do not tell.
 */
export function rawPixelsEnd(read: ByteReader, format: Exclude<RawFormat, 'cr3'>): number {
  if (format === 'raf') {
    // big-endian: offset and length of the sensor's block
    const at = read(100, 8)
    return at.length < 8 ? Number.POSITIVE_INFINITY : at.readUInt32BE(0) + at.readUInt32BE(4)
  }
  const directories = imageDirectories(read)
  // Canon's fourth directory is the sensor's, and says so nowhere
  const own = format === 'cr2' ? directories.slice(3, 4) : directories.filter(holdsSensorData)
  return Math.max(0, ...own.map(pixelsEnd))
}

function pixelsEnd(ifd: Ifd): number {
  const [offsets, counts] = findEntry(ifd, rawTags.tileOffsets)
    ? [rawTags.tileOffsets, rawTags.tileByteCounts]
    : [rawTags.stripOffsets, rawTags.stripByteCounts]
  const starts = findEntry(ifd, offsets)
  const lengths = findEntry(ifd, counts)
  let end = 0
  for (let i = 0; i < (starts?.count ?? 0); i++) {
    end = Math.max(end, (numberOf(starts, i) ?? 0) + (numberOf(lengths, i) ?? 0))
  }
  return end
}
