import { type ByteReader, findEntry, type Ifd, numberOf, readHeader, readIfd } from '../exif/ifd.ts'

/** More than any camera writes. */
const maxDirectories = 32

export const rawTags = {
  compression: 0x0103,
  photometric: 0x0106,
  make: 0x010f,
  stripOffsets: 0x0111,
  stripByteCounts: 0x0117,
  tileOffsets: 0x0144,
  tileByteCounts: 0x0145,
  subDirectories: 0x014a,
  jpegAt: 0x0201,
  jpegBytes: 0x0202,
  xmp: 0x02bc,
  dngVersion: 0xc612,
} as const

/** The directories of a TIFF file: those in its chain and, one level below, the ones they point to. */
export function imageDirectories(read: ByteReader): Ifd[] {
  const header = readHeader(read)
  if (!header) return []
  const found: Ifd[] = []
  const seen = new Set<number>()
  const take = (at: number): Ifd | null => {
    if (seen.has(at) || found.length >= maxDirectories) return null
    seen.add(at)
    const ifd = readIfd(read, at, header.little)
    if (ifd) found.push(ifd)
    return ifd
  }
  for (let at = header.firstOffset; at; ) {
    const ifd = take(at)
    if (!ifd) break
    const below = findEntry(ifd, rawTags.subDirectories)
    for (let i = 0; i < Math.min(below?.count ?? 0, maxDirectories); i++) take(numberOf(below, i) ?? 0)
    at = ifd.nextOffset
  }
  return found
}

/** Whether it holds a sensor's samples: one colour a pixel (TIFF/EP), or linear ones (DNG). */
export function holdsSensorData(ifd: Ifd): boolean {
  const photometric = numberOf(findEntry(ifd, rawTags.photometric))
  return photometric === 32803 || photometric === 34892
}
