import { type Embedder, type Piece, readAt } from './pieces.ts'

function chunk(name: string, body: Buffer): Buffer {
  const out = Buffer.alloc(8 + body.length + (body.length % 2))
  out.write(name, 0, 'latin1')
  out.writeUInt32LE(body.length, 4)
  body.copy(out, 8)
  return out
}

/**
 * The extended WebP container (RFC 9649): VP8X with its flags, then ICCP, the picture, EXIF and XMP.
 * Takes the simple layouts (VP8, VP8L) and the extended one that the encoder writes for alpha.
 */
export const embedWebp: Embedder = async (file, bytes, metadata) => {
  const head = await readAt(file, 0, 30)
  const first = head.toString('latin1', 12, 16)
  let flags = 0
  let start = 12
  const size = Buffer.alloc(6)
  if (first === 'VP8X') {
    flags = head[20]
    head.copy(size, 0, 24, 30)
    start = 30
  } else if (first === 'VP8L') {
    const bits = head.readUInt32LE(21)
    size.writeUIntLE(bits & 0x3fff, 0, 3)
    size.writeUIntLE((bits >>> 14) & 0x3fff, 3, 3)
    if (bits & (1 << 28)) flags |= 0x10
  } else {
    size.writeUIntLE((head.readUInt16LE(26) & 0x3fff) - 1, 0, 3)
    size.writeUIntLE((head.readUInt16LE(28) & 0x3fff) - 1, 3, 3)
  }
  if (metadata.icc) flags |= 0x20
  if (metadata.exif) flags |= 0x08
  if (metadata.xmp) flags |= 0x04
  const pieces: Piece[] = [chunk('VP8X', Buffer.concat([Buffer.from([flags, 0, 0, 0]), size]))]
  if (metadata.icc) pieces.push(chunk('ICCP', metadata.icc))
  pieces.push({ start, end: bytes })
  if (metadata.exif) pieces.push(chunk('EXIF', metadata.exif))
  if (metadata.xmp) pieces.push(chunk('XMP ', metadata.xmp))
  const total = pieces.reduce(
    (sum, piece) => sum + (Buffer.isBuffer(piece) ? piece.length : piece.end - piece.start),
    0,
  )
  const riff = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1')
  riff.writeUInt32LE(total + 4, 4)
  return { pieces: [riff, ...pieces], warnings: [] }
}
