import { bufferReader, findEntry, type Ifd, type IfdEntry, numberOf } from './ifd.ts'
import { type ExifTree, readExifTree, tags } from './tree.ts'

function tree(exif: Buffer): ExifTree | null {
  return readExifTree(bufferReader(exif))
}

function setNumber(exif: Buffer, entry: IfdEntry | undefined, little: boolean, value: number): void {
  if (!entry) return
  if (entry.type === 3) {
    if (little) exif.writeUInt16LE(Math.min(value, 65535), entry.valueAt)
    else exif.writeUInt16BE(Math.min(value, 65535), entry.valueAt)
  } else if (entry.type === 4) {
    if (little) exif.writeUInt32LE(value, entry.valueAt)
    else exif.writeUInt32BE(value, entry.valueAt)
  }
}

function wipe(exif: Buffer, ifd: Ifd): void {
  for (const entry of ifd.entries) exif.fill(0, entry.valueAt, entry.valueAt + entry.value.length)
  exif.fill(0, ifd.at, ifd.at + 2 + ifd.entries.length * 12)
}

/** EXIF orientation 1 to 8; 1 where the block does not say. */
export function orientationOf(exif: Buffer): number {
  const value = numberOf(findEntry(tree(exif)?.ifd0 ?? null, tags.orientation)) ?? 1
  return value >= 1 && value <= 8 ? value : 1
}

/**
 * A copy for pixels that have been turned upright and changed: orientation 1, the size of the turned picture,
 * no thumbnail (it would show the old picture, lying down). Everything else keeps its place, so that
 * MakerNotes stay readable. Null where the block cannot be parsed.
 */
export function uprightExif(exif: Buffer, width: number, height: number): Buffer | null {
  const copy = Buffer.from(exif)
  const found = tree(copy)
  if (!found) return null
  setNumber(copy, findEntry(found.ifd0, tags.orientation), found.little, 1)
  setNumber(copy, findEntry(found.exif, tags.pixelXDimension), found.little, width)
  setNumber(copy, findEntry(found.exif, tags.pixelYDimension), found.little, height)
  if (found.ifd0.nextOffset) {
    const count = found.little ? copy.readUInt16LE(found.ifd0.at) : copy.readUInt16BE(found.ifd0.at)
    copy.fill(0, found.ifd0.at + 2 + count * 12, found.ifd0.at + 6 + count * 12)
    if (found.thumbnail) {
      const start = numberOf(findEntry(found.thumbnail, 0x0201))
      const length = numberOf(findEntry(found.thumbnail, 0x0202))
      if (start && length) copy.fill(0, start, Math.min(copy.length, start + length))
      wipe(copy, found.thumbnail)
    }
  }
  return copy
}

/** A copy that says its pixels are sRGB, where it says anything of them: a camera's setting is for its own JPEGs. */
export function srgbExif(exif: Buffer): Buffer {
  const copy = Buffer.from(exif)
  const found = tree(copy)
  if (found) setNumber(copy, findEntry(found.exif, tags.colorSpace), found.little, 1)
  return copy
}

/** A copy whose GPS directory is unlinked and overwritten with zeros; null where it cannot be parsed. */
export function exifWithoutPlace(exif: Buffer): Buffer | null {
  const copy = Buffer.from(exif)
  const found = tree(copy)
  if (!found) return null
  const pointer = findEntry(found.ifd0, tags.gpsIfd)
  if (!pointer) return copy
  if (found.gps) wipe(copy, found.gps)
  const { at } = found.ifd0
  const count = found.little ? copy.readUInt16LE(at) : copy.readUInt16BE(at)
  // close the gap in the directory: later entries and the link to the next directory move up by one
  const end = Math.min(copy.length, at + 2 + count * 12 + 4)
  copy.copyWithin(pointer.entryAt, pointer.entryAt + 12, end)
  copy.fill(0, end - 12, end)
  if (found.little) copy.writeUInt16LE(count - 1, at)
  else copy.writeUInt16BE(count - 1, at)
  return copy
}
