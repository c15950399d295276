import { realpath } from 'node:fs/promises'
import { AppError } from '../../../shared/errors.ts'
import { decode } from '../decoders/decode.ts'
import type { RawFacts } from '../decoders/tasks.ts'
import { uprightExif } from '../exif/edit.ts'
import { uprightXmp } from '../exif/xmp.ts'
import { withFileBytes } from '../file-bytes.ts'
import { decodeError } from '../file-errors.ts'
import { formatOfName, type RawFormat } from '../formats.ts'
import type { ImageHeader } from '../header.ts'
import { checkPixelCount } from '../pixel-limit.ts'
import { rawMetadata } from './metadata.ts'

/** The file is read whole into memory that ends at 2 GB. */
export const maxRawBytes = 2 ** 30
const factsLimitMs = 60_000

export interface RawHeaderOptions {
  readonly bytes: number
  readonly format: RawFormat
  readonly limitPixels: number
  readonly signal?: AbortSignal | undefined
}

/** A RAW file's header: size and orientation as LibRaw will decode it, EXIF and XMP from the file itself. */
export async function readRawHeader(
  path: string,
  { bytes, format, limitPixels, signal }: RawHeaderOptions,
): Promise<ImageHeader> {
  if (bytes > maxRawBytes) {
    throw new AppError('too-large', `${path} has ${bytes} bytes; a RAW file may have ${maxRawBytes}`)
  }
  let facts: RawFacts
  try {
    facts = await decode('rawFacts', { path }, { signal, limitMs: factsLimitMs })
  } catch (error) {
    throw await decodeError(path, format, error)
  }
  checkPixelCount(path, facts, limitPixels)
  const { width, height, orientation, channels } = facts
  const found = await withFileBytes(path, (read) => rawMetadata(read, format))
  const exif = found.exif && uprightExif(found.exif, width, height)
  const promised = formatOfName(path)
  return {
    ...{ bytes, format, width, height, orientation, channels },
    ...{ depth: 16, hasAlpha: false, significantBits: 16, converts: null },
    metadata: {
      sourcePath: await realpath(path),
      ...{ format, icc: null, exif, xmp: found.xmp && uprightXmp(found.xmp), densityPpi: null },
      notes: promised && promised !== format ? [`named like ${promised}, but is ${format}`] : [],
    },
  }
}
