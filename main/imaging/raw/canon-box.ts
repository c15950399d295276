import { type Box, box, boxes } from '../boxes.ts'
import type { ByteReader } from '../exif/ifd.ts'

const canonUuid = '85c0b687820f11e08111f4ce462b6a48'

/** A box of those that Canon puts into `moov`: CMT1, CMT2 and CMT4 are TIFF blocks of one directory each. */
export function canonBox(read: ByteReader, name: string): Box | null {
  const moov = box(read, 'moov')
  const canon = moov && [...boxes(read, moov)].find((one) => one.uuid === canonUuid)
  return canon ? box(read, name, canon) : null
}
