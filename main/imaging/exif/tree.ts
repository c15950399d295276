import { type ByteReader, findEntry, type Ifd, type IfdEntry, numberOf, readHeader, readIfd } from './ifd.ts'

export const tags = {
  imageDescription: 0x010e,
  make: 0x010f,
  model: 0x0110,
  orientation: 0x0112,
  xResolution: 0x011a,
  yResolution: 0x011b,
  resolutionUnit: 0x0128,
  software: 0x0131,
  dateTime: 0x0132,
  artist: 0x013b,
  whitePoint: 0x013e,
  rating: 0x4746,
  ratingPercent: 0x4749,
  copyright: 0x8298,
  exifIfd: 0x8769,
  gpsIfd: 0x8825,
  interopIfd: 0xa005,
  colorSpace: 0xa001,
  pixelXDimension: 0xa002,
  pixelYDimension: 0xa003,
} as const

/** The directories of an EXIF block: the picture, its exposure, its place, and the thumbnail. */
export interface ExifTree {
  readonly little: boolean
  readonly ifd0: Ifd
  readonly exif: Ifd | null
  readonly gps: Ifd | null
  readonly interop: Ifd | null
  readonly thumbnail: Ifd | null
}

/** Null where the block has no header or no first directory. */
export function readExifTree(read: ByteReader): ExifTree | null {
  const header = readHeader(read)
  const ifd0 = header && readIfd(read, header.firstOffset, header.little)
  if (!header || !ifd0) return null
  const { little } = header
  const below = (ifd: Ifd | null, tag: number) => {
    const offset = numberOf(findEntry(ifd, tag))
    return offset ? readIfd(read, offset, little) : null
  }
  const exif = below(ifd0, tags.exifIfd)
  return {
    little,
    ifd0,
    exif,
    gps: below(ifd0, tags.gpsIfd),
    interop: below(exif, tags.interopIfd),
    thumbnail: ifd0.nextOffset ? readIfd(read, ifd0.nextOffset, little) : null,
  }
}

/** Tags of the first directory that describe the photo rather than how a TIFF file stores its pixels. */
const descriptive = new Set<number>([
  tags.imageDescription,
  tags.make,
  tags.model,
  tags.orientation,
  tags.xResolution,
  tags.yResolution,
  tags.resolutionUnit,
  tags.software,
  tags.dateTime,
  tags.artist,
  tags.rating,
  tags.ratingPercent,
  tags.copyright,
  0x9c9b, // XPTitle, XPComment, XPAuthor, XPKeywords, XPSubject
  0x9c9c,
  0x9c9d,
  0x9c9e,
  0x9c9f,
])

export type NewEntry = Pick<IfdEntry, 'tag' | 'type' | 'count' | 'value'>

/**
 * The parts of a tree that any file can carry, as nested entries ready for `writeDirectories`.
 * MakerNotes are copied as they are; those that hold offsets into the old file lose their target.
 */
export function portable(tree: ExifTree): { own: NewEntry[]; nested: Map<number, NewEntry[]> } {
  const pointers = new Set<number>([tags.exifIfd, tags.gpsIfd, tags.interopIfd])
  const without = (ifd: Ifd | null) => (ifd?.entries ?? []).filter((entry) => !pointers.has(entry.tag))
  const nested = new Map<number, NewEntry[]>()
  if (tree.exif) nested.set(tags.exifIfd, without(tree.exif))
  if (tree.gps) nested.set(tags.gpsIfd, without(tree.gps))
  return { own: tree.ifd0.entries.filter((entry) => descriptive.has(entry.tag)), nested }
}
