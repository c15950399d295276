import { type FileHandle, open, realpath } from 'node:fs/promises'
import { crc32, deflateSync, inflateSync } from 'node:zlib'
import { AppError, toAppError } from '../../../shared/errors.ts'
import {
  type ChunkName,
  fixedHeadLength,
  formatVersion,
  type Head,
  headLength,
  readHead,
  type Stretch,
  wholeDensity,
  wholeHeadLength,
  writeHead,
} from '../../code/container/head.ts'
import { codeGrid, tileRect } from '../../code/grid.ts'
import { type MetadataWish, wishedMetadata } from '../../imaging/embed/wished.ts'
import { fileError } from '../../imaging/file-errors.ts'
import { packPlane, unpackPlane } from '../../imaging/lossless-plane.ts'
import { type ImageMetadata, noMetadata, type Raster, type Samples } from '../../imaging/raster.ts'
import type { TileSource } from './decoded-tiles.ts'
import type { CodedTile } from './encode-pass.ts'

/** Everything of a file but its tiles, made before them. */
export interface HgiLayout {
  /** length of the file for streams of these lengths */
  fileBytes(streamLengths: readonly number[]): number
  /** the file, in pieces */
  pieces(levelQ: number, tiles: readonly CodedTile[]): Uint8Array[]
}

/** @param model named by its hash, and by its id where it did not come with the application */
export async function layOutHgi(
  raster: Raster,
  model: { id: string; sha256: string; isBundled: boolean },
  wish: MetadataWish,
): Promise<HgiLayout> {
  const { width, height, channels, depth, alpha } = raster
  const { icc, exif, xmp, ...metadata } = wishedMetadata(raster, wish)
  const densityPpi = wholeDensity(metadata.densityPpi)
  const chunks = {
    ...(alpha ? { alpha: await packPlane(alpha, width, height) } : {}),
    ...(icc ? { icc: deflateSync(icc, { level: 9 }) } : {}),
    ...(exif ? { exif: deflateSync(exif, { level: 9 }) } : {}),
    ...(xmp ? { xmp: deflateSync(xmp, { level: 9 }) } : {}),
    ...(model.isBundled ? {} : { model: Buffer.from(model.id) }),
  }
  const contents = Object.values(chunks)
  const modelPrefix = model.sha256.slice(0, 16)
  return {
    fileBytes(streamLengths) {
      const head = headLength(streamLengths.length, contents.length, densityPpi !== null)
      return [...streamLengths, ...contents.map(({ length }) => length)].reduce((sum, n) => sum + n, head)
    },
    pieces(levelQ, tiles) {
      const head = { width, height, channels, depth, levelQ, densityPpi, modelPrefix, tiles, chunks }
      return [writeHead(head), ...tiles.map(({ stream }) => stream), ...contents]
    },
  }
}

export interface HgiFacts extends Pick<Head, 'width' | 'height' | 'channels' | 'depth' | 'levelQ'> {
  readonly version: number
  readonly hasAlpha: boolean
  /** the first 8 bytes of the SHA-256 of the model's weights, in hex */
  readonly modelPrefix: string
  /** what the file calls its model, where it does */
  readonly modelName: string | null
  readonly tileCount: number
  /** lengths: of the file as it is, and of what it says it holds */
  readonly bytes: Readonly<Record<'file' | 'head' | 'symbols' | Exclude<ChunkName, 'model'>, number>>
}

/** An open .hgi file. Tiles and chunks are read when they are asked for; damage throws `corrupt`. */
export interface HgiFile extends TileSource {
  readonly path: string
  readonly facts: HgiFacts
  /** lost: what is damaged and left out */
  readMetadata(): Promise<{ metadata: ImageMetadata; lost: string[] }>
  readAlpha(): Promise<Samples>
  /** what is damaged beside tiles, in words */
  checkParts(): Promise<string[]>
  describeTile(tile: number, reason: string): string
  close(): Promise<void>
}

const longestName = 255
const mostMetadataBytes = 2 ** 26
const chunkWords = { alpha: 'alpha plane', icc: 'ICC profile', exif: 'EXIF', xmp: 'XMP', model: 'model name' }

/**
 * Opens a file and reads its head.
 * @throws AppError `not-found`, `unreadable`, `unsupported` (no .hgi), `newer`, `corrupt` (its head is damaged)
 */
export async function openHgi(path: string): Promise<HgiFile> {
  const file = await open(path, 'r').catch((error) => {
    throw fileError('read', path, error)
  })
  try {
    return await readFileHead(file, path)
  } catch (error) {
    await file.close()
    throw fileError('read', path, error)
  }
}

async function readFileHead(file: FileHandle, path: string): Promise<HgiFile> {
  const { size } = await file.stat()
  const readBytes = async (start: number, length: number): Promise<Uint8Array> => {
    if (start + length > size) throw new AppError('corrupt', 'the file is cut short before its end')
    const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, start)
    return buffer.subarray(0, bytesRead)
  }
  const fixed = await readBytes(0, Math.min(size, fixedHeadLength))
  const length = wholeHeadLength(fixed, path)
  const head = readHead(await readBytes(0, Math.min(size, length)), path)
  const readStretch = async ({ start, length: count, crc32: expected }: Stretch) => {
    const bytes = await readBytes(start, count)
    if (crc32(bytes) !== expected) throw new AppError('corrupt', 'its bytes do not have their checksum')
    return bytes
  }
  const { width, height, channels, depth, levelQ, modelPrefix, chunks } = head
  const grid = codeGrid(width, height)
  const named = chunks.model && chunks.model.length <= longestName ? chunks.model : null
  const name = named && (await readStretch(named).catch(() => null))
  const lengthOf = (chunk: ChunkName) => chunks[chunk]?.length ?? 0

  const readChunk = async (chunk: ChunkName, lost: string[]): Promise<Buffer | null> => {
    if (!chunks[chunk]) return null
    try {
      const bytes = await readStretch(chunks[chunk])
      const isDeflated = chunk === 'icc' || chunk === 'exif' || chunk === 'xmp'
      return isDeflated ? inflated(bytes) : Buffer.from(bytes)
    } catch (error) {
      const { code, message } = toAppError(error)
      if (code !== 'corrupt') throw error
      lost.push(`${chunkWords[chunk]}: ${message}`)
      return null
    }
  }
  return {
    path,
    facts: {
      ...{ version: formatVersion, width, height, channels, depth, levelQ, modelPrefix },
      hasAlpha: chunks.alpha !== undefined,
      modelName: name && Buffer.from(name).toString('utf8'),
      tileCount: head.tiles.length,
      bytes: {
        ...{ file: size, head: length },
        symbols: head.tiles.reduce((sum, tile) => sum + tile.length, 0),
        ...{ alpha: lengthOf('alpha'), icc: lengthOf('icc'), exif: lengthOf('exif'), xmp: lengthOf('xmp') },
      },
    },
    async read(tile) {
      const { symbolsCrc32, ...stretch } = head.tiles[tile]!
      return { stream: await readStretch(stretch), symbolsCrc32 }
    },
    async readMetadata() {
      const lost: string[] = []
      const [icc, exif, xmp] = [
        await readChunk('icc', lost),
        await readChunk('exif', lost),
        await readChunk('xmp', lost),
      ]
      const { densityPpi } = head
      const sourcePath = await realpath(path)
      return { metadata: { ...noMetadata, sourcePath, icc, exif, xmp, densityPpi }, lost }
    },
    readAlpha: async () =>
      unpackPlane(await readStretch(chunks.alpha!), { width, height, depth }, 'the alpha plane'),
    async checkParts() {
      const lost: string[] = []
      for (const chunk of Object.keys(chunks) as ChunkName[]) await readChunk(chunk, lost)
      if (size > head.fileLength) lost.push(`${size - head.fileLength} bytes follow its end`)
      return lost
    },
    describeTile(tile, reason) {
      const { x, y, width: tileWidth, height: tileHeight } = tileRect(grid, tile)
      const [right, bottom] = [Math.min(width, x + tileWidth), Math.min(height, y + tileHeight)]
      return `tile ${tile} (${right - x} x ${bottom - y} pixels at ${x}, ${y}): ${reason}`
    },
    close: () => file.close(),
  }
}

/** @throws AppError `corrupt`; without taking more memory than metadata may have */
function inflated(bytes: Uint8Array): Buffer {
  try {
    return inflateSync(bytes, { maxOutputLength: mostMetadataBytes })
  } catch (cause) {
    throw new AppError('corrupt', 'it does not inflate', { cause })
  }
}
