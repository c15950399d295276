import { type ByteReader, findEntry, textOf } from '../exif/ifd.ts'
import type { RawFormat } from '../formats.ts'
import { holdsSensorData, imageDirectories, rawTags } from './directories.ts'

/**
 * Which RAW a file is that starts like a TIFF: by the DNG version, by Canon's mark, else by the maker of a camera whose
 * sensor's samples it holds; `other` for makers that are not read, null for plain TIFF.
 */
export function rawKind(read: ByteReader): RawFormat | 'other' | null {
  if (read(8, 2).toString('latin1') === 'CR') return 'cr2'
  const directories = imageDirectories(read)
  if (directories.some((ifd) => findEntry(ifd, rawTags.dngVersion))) return 'dng'
  if (!directories.some(holdsSensorData)) return null
  const make = directories.map((ifd) => textOf(findEntry(ifd, rawTags.make))).find((text) => text)
  if (/^nikon/i.test(make ?? '')) return 'nef'
  if (/^sony/i.test(make ?? '')) return 'arw'
  return 'other'
}
