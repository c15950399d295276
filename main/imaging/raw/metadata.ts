import { exifFromTiff, exifOf } from '../exif/build.ts'
import { srgbExif } from '../exif/edit.ts'
import { type ByteReader, bufferReader, findEntry, type Ifd } from '../exif/ifd.ts'
import { type NewEntry, portable, readExifTree } from '../exif/tree.ts'
import type { RawFormat } from '../formats.ts'
import { sharp } from '../sharp.ts'
import { canonBox } from './canon-box.ts'
import { imageDirectories, rawTags } from './directories.ts'

export interface RawMetadata {
  /** a TIFF block, as in JPEG files */
  readonly exif: Buffer | null
  readonly xmp: Buffer | null
}

/**
 * A MakerNote longer than this would not fit into a JPEG file's 64 kB together with the rest; those of RAW files hold
 * previews and tables for the RAW decoder, at offsets into the file that is left behind.
 */
const maxMakerNoteBytes = 32_768
const makerNote = 0x927c

/** What a RAW file says of its photo, in the form that every other file can carry, for pixels in sRGB. */
export async function rawMetadata(read: ByteReader, format: RawFormat): Promise<RawMetadata> {
  const { exif, xmp } = await found(read, format)
  return { exif: exif && srgbExif(exif), xmp }
}

async function found(read: ByteReader, format: RawFormat): Promise<RawMetadata> {
  if (format === 'raf') return rafMetadata(read)
  if (format === 'cr3') return { exif: cr3Exif(read), xmp: null }
  const packet = imageDirectories(read).map((ifd) => findEntry(ifd, rawTags.xmp)?.value)
  return { exif: exifFromTiff(read, isWelcome), xmp: packet.find((value) => value) ?? null }
}

function isWelcome({ tag, value }: NewEntry): boolean {
  return tag !== makerNote || value.length <= maxMakerNoteBytes
}

/** Fujifilm's file starts with a whole JPEG, which has the EXIF. */
async function rafMetadata(read: ByteReader): Promise<RawMetadata> {
  const at = read(84, 8)
  if (at.length < 8) return { exif: null, xmp: null }
  try {
    const { exif, xmp } = await sharp(read(at.readUInt32BE(0), at.readUInt32BE(4)), {
      failOn: 'none',
    }).metadata()
    const block = exif?.toString('latin1', 0, 6) === 'Exif\0\0' ? exif.subarray(6) : (exif ?? null)
    return { exif: block && exifFromTiff(bufferReader(block), isWelcome), xmp: xmp ?? null }
  } catch {
    return { exif: null, xmp: null }
  }
}

/** The picture, its exposure and its place are TIFF blocks of one directory each. */
function cr3Exif(read: ByteReader): Buffer | null {
  const directory = (name: string): Ifd | null => {
    const found = canonBox(read, name)
    return found && (readExifTree(bufferReader(read(found.start, found.end - found.start)))?.ifd0 ?? null)
  }
  const [picture, exposure, place] = [directory('CMT1'), directory('CMT2'), directory('CMT4')]
  if (!picture) return null
  const tree = { little: true, ifd0: picture, exif: exposure, gps: place, interop: null, thumbnail: null }
  return exifOf(portable(tree), isWelcome)
}
