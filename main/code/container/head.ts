import { crc32 } from 'node:zlib'
import { AppError } from '../../../shared/errors.ts'
import { codeGrid } from '../grid.ts'
import { LEVEL_LAST } from '../level.ts'

/** What may stand in a file beside its tiles, in the order of their bits in the flags and of their entries. */
export const chunkNames = ['alpha', 'icc', 'exif', 'xmp', 'model'] as const
export type ChunkName = (typeof chunkNames)[number]

/** Where bytes lie, from the file's beginning, and their CRC-32. */
export interface Stretch {
  readonly start: number
  readonly length: number
  readonly crc32: number
}

/** FORMAT.md, field by field. */
export interface Head {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  readonly depth: 8 | 16
  readonly levelQ: number
  /** dots per inch; null where unknown */
  readonly densityPpi: number | null
  /** the first 8 bytes of the SHA-256 of the model's weights, in hex */
  readonly modelPrefix: string
  readonly tiles: readonly (Stretch & { readonly symbolsCrc32: number })[]
  readonly chunks: Readonly<Partial<Record<ChunkName, Stretch>>>
  /** of the whole file, as the head says it */
  readonly fileLength: number
}

export const formatVersion = 1
/** Of the part whose length is always the same. */
export const fixedHeadLength = 20
const magic = Uint8Array.of(0x89, 0x48, 0x47, 0x49)
const densityLength = 2
const tileEntryLength = 12
const chunkEntryLength = 8
const crcLength = 4
const maxSide = 30_000
const greyFlag = 0x20
const deepFlag = 0x40
const densityFlag = 0x80

/** Length of everything before the first tile's stream. */
export function headLength(tileCount: number, chunkCount: number, hasDensity: boolean): number {
  const entries = tileCount * tileEntryLength + chunkCount * chunkEntryLength
  return fixedHeadLength + (hasDensity ? densityLength : 0) + entries + crcLength
}

/** Dots per inch as a head holds them: 1 to 65,535; null where that is unknown. */
export function wholeDensity(densityPpi: number | null): number | null {
  return Math.min(65535, Math.round(densityPpi ?? 0)) || null
}

export interface HeadInput extends Omit<Head, 'tiles' | 'chunks' | 'fileLength'> {
  readonly tiles: readonly { readonly stream: Uint8Array; readonly symbolsCrc32: number }[]
  readonly chunks: Readonly<Partial<Record<ChunkName, Uint8Array>>>
}

/** The head of a file whose tiles and chunks follow it in their order. */
export function writeHead(input: HeadInput): Uint8Array {
  const { width, height, channels, depth, levelQ, modelPrefix, tiles, chunks } = input
  const densityPpi = wholeDensity(input.densityPpi)
  const present = chunkNames.filter((name) => chunks[name])
  const bytes = Buffer.alloc(headLength(tiles.length, present.length, densityPpi !== null))
  bytes.set(magic, 0)
  let flags = channels === 1 ? greyFlag : 0
  if (depth === 16) flags |= deepFlag
  if (densityPpi !== null) flags |= densityFlag
  for (const name of present) flags |= 1 << chunkNames.indexOf(name)
  bytes.writeUInt8(formatVersion, 4)
  bytes.writeUInt8(flags, 5)
  bytes.writeUInt16LE(width, 6)
  bytes.writeUInt16LE(height, 8)
  bytes.writeUInt16LE(levelQ, 10)
  bytes.write(modelPrefix, 12, 8, 'hex')
  let at = fixedHeadLength
  if (densityPpi !== null) at = bytes.writeUInt16LE(densityPpi, at)
  const put = (value: number) => {
    at = bytes.writeUInt32LE(value, at)
  }
  for (const { stream, symbolsCrc32 } of tiles) {
    put(stream.length)
    put(crc32(stream))
    put(symbolsCrc32)
  }
  for (const name of present) {
    put(chunks[name]!.length)
    put(crc32(chunks[name]!))
  }
  put(crc32(bytes.subarray(0, at)))
  return bytes
}

/**
 * How long a file's whole head is, from its fixed part.
 * @throws AppError `unsupported` (no .hgi), `newer`, `corrupt`
 */
export function wholeHeadLength(fixed: Uint8Array, label: string): number {
  const bytes = Buffer.from(fixed.buffer, fixed.byteOffset, fixed.length)
  if (!magic.every((value, i) => bytes[i] === value)) {
    throw new AppError('unsupported', `${label} is no .hgi file`)
  }
  if (bytes.length < fixedHeadLength) throw new AppError('corrupt', `${label} is cut short in its head`)
  const version = bytes[4]!
  if (version > formatVersion) {
    throw new AppError(
      'newer',
      `${label} is of version ${version}; this Hourglass reads up to ${formatVersion}: a newer one is needed`,
    )
  }
  const flags = bytes[5]!
  const [width, height] = [bytes.readUInt16LE(6), bytes.readUInt16LE(8)]
  const isSize = [width, height].every((side) => side >= 1 && side <= maxSide)
  if (version !== formatVersion || !isSize || bytes.readUInt16LE(10) > LEVEL_LAST) {
    throw new AppError('corrupt', `${label}: its head is damaged (${width} x ${height}, flags ${flags})`)
  }
  const { rows, columns } = codeGrid(width, height)
  const chunkCount = chunkNames.filter((_, bit) => flags & (1 << bit)).length
  return headLength(rows * columns, chunkCount, (flags & densityFlag) !== 0)
}

/** @param bytes of the length that `wholeHeadLength` gave. @throws AppError as that, and `corrupt` */
export function readHead(bytes: Uint8Array, label: string): Head {
  const length = wholeHeadLength(bytes, label)
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (bytes.length < length) throw new AppError('corrupt', `${label} is cut short in its head`)
  if (view.readUInt32LE(length - crcLength) !== crc32(view.subarray(0, length - crcLength))) {
    throw new AppError('corrupt', `${label}: its head is damaged (its checksum differs)`)
  }
  const flags = view[5]!
  const [width, height] = [view.readUInt16LE(6), view.readUInt16LE(8)]
  const { rows, columns } = codeGrid(width, height)
  const hasDensity = (flags & densityFlag) !== 0
  const densityPpi = hasDensity ? view.readUInt16LE(fixedHeadLength) || null : null
  let at = fixedHeadLength + (hasDensity ? densityLength : 0)
  let start = length
  const next = () => {
    at += 4
    return view.readUInt32LE(at - 4)
  }
  const stretch = () => {
    const found = { start, length: next(), crc32: next() }
    start += found.length
    return found
  }
  const tiles = Array.from({ length: rows * columns }, () => ({ ...stretch(), symbolsCrc32: next() }))
  const present = chunkNames.filter((_, bit) => flags & (1 << bit))
  const chunks = Object.fromEntries(present.map((name) => [name, stretch()]))
  return {
    ...{ width, height, levelQ: view.readUInt16LE(10), tiles, chunks, fileLength: start },
    ...{ channels: flags & greyFlag ? 1 : 3, depth: flags & deepFlag ? 16 : 8 },
    densityPpi,
    modelPrefix: view.toString('hex', 12, 20),
  }
}
