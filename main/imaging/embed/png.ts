import { crc32, deflateSync } from 'node:zlib'
import { type Embedded, type Embedder, type Piece, readAt } from './pieces.ts'

/** Signature and IHDR: metadata goes right after them, ahead of the palette and the pixels. */
const headBytes = 8 + 25

function chunk(name: string, body: Buffer): Buffer {
  const out = Buffer.alloc(12 + body.length)
  out.writeUInt32BE(body.length, 0)
  out.write(name, 4, 'latin1')
  body.copy(out, 8)
  out.writeUInt32BE(crc32(out.subarray(4, 8 + body.length)), 8 + body.length)
  return out
}

/**
 * iCCP, eXIf, pHYs (PNG, third edition) and XMP as iTXt (XMP part 3). `head` is the start of an encoded file
 * of `bytes` bytes; the encoder's own chunks ahead of the pixels stay, but for its made-up pHYs.
 */
export function pngPieces(head: Buffer, bytes: number, metadata: Embedded): Piece[] {
  const chunks: Buffer[] = []
  if (metadata.icc) {
    chunks.push(chunk('iCCP', Buffer.concat([Buffer.from('icc\0\0', 'latin1'), deflateSync(metadata.icc)])))
  }
  if (metadata.densityPpi) {
    const body = Buffer.alloc(9, 1)
    body.writeUInt32BE(Math.round(metadata.densityPpi / 0.0254), 0)
    body.writeUInt32BE(Math.round(metadata.densityPpi / 0.0254), 4)
    chunks.push(chunk('pHYs', body))
  }
  if (metadata.exif) chunks.push(chunk('eXIf', metadata.exif))
  if (metadata.xmp) {
    const prefix = Buffer.from('XML:com.adobe.xmp\0\0\0\0\0', 'latin1')
    chunks.push(chunk('iTXt', Buffer.concat([prefix, metadata.xmp])))
  }
  const pieces: Piece[] = [{ start: 0, end: headBytes }, ...chunks]
  let at = headBytes
  while (at + 8 <= head.length && head.toString('latin1', at + 4, at + 8) !== 'IDAT') {
    const end = at + 12 + head.readUInt32BE(at)
    if (head.toString('latin1', at + 4, at + 8) !== 'pHYs') pieces.push({ start: at, end })
    at = end
  }
  return [...pieces, { start: at, end: bytes }]
}

export const embedPng: Embedder = async (file, bytes, metadata) => ({
  pieces: pngPieces(await readAt(file, 0, 4096), bytes, metadata),
  warnings: [],
})
