import type { FileHandle } from 'node:fs/promises'
import { promisify } from 'node:util'
import { deflate } from 'node:zlib'
import { AppError } from '../../shared/errors.ts'
import { stopIfAborted } from './abort.ts'
import { type Embedded, writeAll } from './embed/pieces.ts'
import { opaqueEntry, rationalEntry, uint16Entry, uint32Entry, writeDirectories } from './exif/build.ts'
import { bufferReader } from './exif/ifd.ts'
import { type NewEntry, portable, readExifTree, tags } from './exif/tree.ts'
import type { Raster } from './raster.ts'

const deflateAsync = promisify(deflate)
const stripBytes = 2 ** 20
const stripsInFlight = 4

/**
 * Writes a 16-bit TIFF 6.0 with deflated strips and horizontal prediction, ICC, XMP and EXIF directories.
 * Hourglass's own because libtiff through sharp cannot write EXIF; strips keep its memory at a few
 * megabytes. An 8-bit raster is widened (v * 257) strip by strip.
 *
 * @throws AppError too-large above 4 GiB, the limit of 32-bit offsets; aborted.
 */
export async function writeTiff16(
  file: FileHandle,
  raster: Raster,
  metadata: Embedded,
  signal?: AbortSignal,
): Promise<void> {
  const { width, height } = raster
  const samples = raster.channels + (raster.alpha ? 1 : 0)
  const rows = Math.max(1, Math.floor(stripBytes / (width * samples * 2)))
  const strips = Math.ceil(height / rows)
  const offsets: number[] = []
  const lengths: number[] = []
  let at = 8
  await writeAll(file, Buffer.alloc(8))
  for (let first = 0; first < strips; first += stripsInFlight) {
    stopIfAborted(signal, 'writing a TIFF')
    const batch = Array.from({ length: Math.min(stripsInFlight, strips - first) }, (_, i) =>
      deflateAsync(predictedStrip(raster, (first + i) * rows, Math.min(height, (first + i + 1) * rows)), {
        level: 5,
      }),
    )
    for (const bytes of await Promise.all(batch)) {
      const even = bytes.length % 2 ? Buffer.concat([bytes, Buffer.alloc(1)]) : bytes
      offsets.push(at)
      lengths.push(bytes.length)
      at += even.length
      if (at > 0xf000_0000) {
        throw new AppError('too-large', `${width} x ${height} pixels of 16 bits do not fit into a 4 GiB TIFF`)
      }
      await writeAll(file, even)
    }
  }
  const about = metadata.exif && readExifTree(bufferReader(metadata.exif))
  const photo = about ? portable(about) : { own: [], nested: new Map<number, NewEntry[]>() }
  const own: NewEntry[] = [
    uint32Entry(0x0100, width),
    uint32Entry(0x0101, height),
    uint16Entry(0x0102, ...Array(samples).fill(16)),
    uint16Entry(0x0103, 8), // Adobe deflate
    uint16Entry(0x0106, raster.channels === 3 ? 2 : 1),
    uint32Entry(0x0111, ...offsets),
    uint16Entry(0x0115, samples),
    uint32Entry(0x0116, rows),
    uint32Entry(0x0117, ...lengths),
    uint16Entry(0x011c, 1),
    uint16Entry(0x013d, 2), // horizontal prediction
  ]
  if (raster.alpha) own.push(uint16Entry(0x0152, 2))
  if (metadata.xmp) own.push(opaqueEntry(0x02bc, metadata.xmp, 1))
  if (metadata.icc) own.push(opaqueEntry(0x8773, metadata.icc))
  if (metadata.densityPpi && !photo.own.some((entry) => entry.tag === tags.xResolution)) {
    const hundredths = Math.round(metadata.densityPpi * 100)
    own.push(
      rationalEntry(tags.xResolution, hundredths, 100),
      rationalEntry(tags.yResolution, hundredths, 100),
    )
    own.push(uint16Entry(tags.resolutionUnit, 2))
  }
  const directory = writeDirectories(at, [...own, ...photo.own], photo.nested)
  await writeAll(file, directory)
  const header = Buffer.from('II*\0\0\0\0\0', 'latin1')
  header.writeUInt32LE(at, 4)
  await file.write(header, 0, 8, 0)
}

/** Rows [from, to) as little-endian 16-bit samples, each the difference to its left neighbour. */
function predictedStrip(raster: Raster, from: number, to: number): Buffer {
  const { width, channels, pixels, alpha, depth } = raster
  const samples = channels + (alpha ? 1 : 0)
  const scale = depth === 8 ? 257 : 1
  const out = new Uint16Array((to - from) * width * samples)
  for (let c = 0; c < samples; c++) {
    const plane = c < channels ? pixels : alpha!
    const step = c < channels ? channels : 1
    for (let y = from; y < to; y++) {
      let source = y * width * step + (c < channels ? c : 0)
      let target = (y - from) * width * samples + c
      let left = 0
      for (let x = 0; x < width; x++, source += step, target += samples) {
        const value = plane[source] * scale
        out[target] = value - left
        left = value
      }
    }
  }
  return Buffer.from(out.buffer)
}
