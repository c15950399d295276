import { type Box, box, boxes } from '../boxes.ts'
import { orientationOf } from '../exif/edit.ts'
import { type ByteReader, findEntry, type Ifd, numberOf } from '../exif/ifd.ts'
import { tags } from '../exif/tree.ts'
import type { RawFormat } from '../formats.ts'
import { canonBox } from './canon-box.ts'
import { holdsSensorData, imageDirectories, rawTags } from './directories.ts'

/** A JPEG inside a RAW file. */
export interface PreviewPlace {
  readonly start: number
  readonly length: number
}

export interface RawPreviews {
  /** in no order; what stands there may turn out not to be a picture */
  readonly places: readonly PreviewPlace[]
  /** EXIF orientation of all of them */
  readonly orientation: number
}

/** Larger than any preview; smaller than what is read at once. */
const maxPreviewBytes = 2 ** 24

/** Where previews lie in a RAW file, by its directories: they are read without the rest, and without LibRaw. */
export function rawPreviews(read: ByteReader, format: RawFormat): RawPreviews {
  if (format === 'raf') return rafPreviews(read)
  if (format === 'cr3') return cr3Previews(read)
  const directories = imageDirectories(read)
  const orientation = numberOf(findEntry(directories[0] ?? null, tags.orientation)) ?? 1
  // Canon's fourth directory is the sensor's, and says so nowhere
  const shown = directories.filter((ifd, i) => !holdsSensorData(ifd) && !(format === 'cr2' && i === 3))
  return { orientation, places: shown.flatMap(previewIn).filter(isPossible) }
}

function previewIn(ifd: Ifd): PreviewPlace[] {
  const value = (tag: number) => numberOf(findEntry(ifd, tag))
  const [at, length] = [value(rawTags.jpegAt), value(rawTags.jpegBytes)]
  if (at && length) return [{ start: at, length }]
  const isJpeg = [6, 7].includes(value(rawTags.compression) ?? 0)
  const isWhole = findEntry(ifd, rawTags.stripOffsets)?.count === 1
  if (!isJpeg || !isWhole) return []
  return [{ start: value(rawTags.stripOffsets) ?? 0, length: value(rawTags.stripByteCounts) ?? 0 }]
}

function rafPreviews(read: ByteReader): RawPreviews {
  const at = read(84, 8)
  if (at.length < 8) return { places: [], orientation: 1 }
  const place = { start: at.readUInt32BE(0), length: at.readUInt32BE(4) }
  return { places: [place].filter(isPossible), orientation: jpegOrientation(read(place.start, 2 ** 16)) }
}

/** Of a JPEG whose first segment is EXIF, as Fujifilm writes it. */
function jpegOrientation(head: Buffer): number {
  const isExif = head.length > 30 && head.toString('latin1', 6, 12) === 'Exif\0\0'
  return isExif ? orientationOf(head.subarray(12)) : 1
}

const previewUuid = 'eaf42b5e1c984b88b9fbb7dc406e4d16'

/** Canon's preview of 1620 x 1080 has a box of its own: its length and the JPEG come after 12 and 4 bytes of `PRVW`. */
function cr3Previews(read: ByteReader): RawPreviews {
  const places: PreviewPlace[] = []
  for (const one of boxes(read)) {
    if (one.uuid !== previewUuid) continue
    // eight bytes before the box in it
    const shown = box(read, 'PRVW', { ...one, start: one.start + 8 })
    const head = shown ? read(shown.start, 16) : Buffer.alloc(0)
    if (shown && head.length === 16) places.push({ start: shown.start + 16, length: head.readUInt32BE(12) })
  }
  const picture: Box | null = canonBox(read, 'CMT1')
  const orientation = picture ? orientationOf(read(picture.start, picture.end - picture.start)) : 1
  return { places: places.filter(isPossible), orientation }
}

function isPossible({ start, length }: PreviewPlace): boolean {
  return start > 0 && length > 0 && length <= maxPreviewBytes
}
