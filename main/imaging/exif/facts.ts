import { bufferReader, findEntry, numberOf, textOf } from './ifd.ts'
import { readExifTree, tags } from './tree.ts'

/** What a catalog shows of an EXIF block. */
export interface ExifFacts {
  readonly camera?: string
  readonly lens?: string
  /** `2024-05-17T14:03:22`, the camera's local time; EXIF has no zone unless `offset` tags are set */
  readonly takenAt?: string
  readonly exposureSeconds?: number
  readonly fNumber?: number
  readonly iso?: number
  readonly focalLengthMm?: number
  readonly hasPlace: boolean
}

export function exifFacts(exif: Buffer | null): ExifFacts {
  const tree = exif && readExifTree(bufferReader(exif))
  if (!tree) return { hasPlace: false }
  const make = textOf(findEntry(tree.ifd0, tags.make))
  const model = textOf(findEntry(tree.ifd0, tags.model))
  // many makers repeat their name in the model
  const camera =
    model && make && !model.toLowerCase().startsWith(make.toLowerCase())
      ? `${make} ${model}`
      : (model ?? make)
  const date = textOf(findEntry(tree.exif, 0x9003)) ?? textOf(findEntry(tree.ifd0, tags.dateTime))
  const parts = date && /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/.exec(date)
  const facts: Record<string, string | number | undefined> = {
    camera,
    lens: textOf(findEntry(tree.exif, 0xa434)),
    takenAt: parts ? `${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}` : undefined,
    exposureSeconds: numberOf(findEntry(tree.exif, 0x829a)),
    fNumber: numberOf(findEntry(tree.exif, 0x829d)),
    iso: numberOf(findEntry(tree.exif, 0x8827)),
    focalLengthMm: numberOf(findEntry(tree.exif, 0x920a)),
  }
  const known = Object.entries(facts).filter(([, value]) => value !== undefined && !Number.isNaN(value))
  return { ...Object.fromEntries(known), hasPlace: (tree.gps?.entries.length ?? 0) > 0 }
}
