import { type Embedded, type Embedder, type Piece, readAt } from './pieces.ts'

const maxPayload = 65533
const exifPrefix = Buffer.from('Exif\0\0', 'latin1')
const xmpPrefix = Buffer.from('http://ns.adobe.com/xap/1.0/\0', 'latin1')
const iccPrefix = Buffer.from('ICC_PROFILE\0', 'latin1')

function segment(marker: number, ...parts: Buffer[]): Buffer {
  const payload = Buffer.concat(parts)
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(payload.length + 2, 2)
  return Buffer.concat([head, payload])
}

/** JFIF header (ITU-T T.871) with the density, in place of the encoder's. */
function jfif(densityPpi: number | null): Buffer {
  const ppi = densityPpi && densityPpi >= 1 && densityPpi <= 65535 ? Math.round(densityPpi) : 0
  const body = Buffer.from([0x4a, 0x46, 0x49, 0x46, 0, 1, 1, ppi ? 1 : 0, 0, 1, 0, 1, 0, 0])
  if (ppi) {
    body.writeUInt16BE(ppi, 8)
    body.writeUInt16BE(ppi, 10)
  }
  return segment(0xe0, body)
}

/** EXIF and XMP in APP1 (CIPA DC-008, XMP part 3), ICC in as many APP2 as it needs (ICC.1, annex B.4). */
function metadataSegments(metadata: Embedded): { segments: Buffer[]; warnings: string[] } {
  const segments: Buffer[] = []
  const warnings: string[] = []
  for (const [name, prefix, bytes] of [
    ['EXIF', exifPrefix, metadata.exif],
    ['XMP', xmpPrefix, metadata.xmp],
  ] as const) {
    if (!bytes) continue
    if (prefix.length + bytes.length <= maxPayload) segments.push(segment(0xe1, prefix, bytes))
    else
      warnings.push(
        `${name} of ${bytes.length} bytes is left out: JPEG holds at most ${maxPayload - prefix.length}`,
      )
  }
  if (metadata.icc) {
    const step = maxPayload - iccPrefix.length - 2
    const count = Math.ceil(metadata.icc.length / step)
    if (count > 255)
      warnings.push(`ICC profile of ${metadata.icc.length} bytes is left out: too large for JPEG`)
    for (let i = 0; count <= 255 && i < count; i++) {
      const part = metadata.icc.subarray(i * step, (i + 1) * step)
      segments.push(segment(0xe2, iccPrefix, Buffer.from([i + 1, count]), part))
    }
  }
  return { segments, warnings }
}

export const embedJpeg: Embedder = async (file, bytes, metadata) => {
  const head = await readAt(file, 0, 6)
  const hasJfif = head[2] === 0xff && head[3] === 0xe0
  const rest = hasJfif ? 4 + head.readUInt16BE(4) : 2
  const { segments, warnings } = metadataSegments(metadata)
  const pieces: Piece[] = [
    head.subarray(0, 2),
    jfif(metadata.densityPpi),
    ...segments,
    { start: rest, end: bytes },
  ]
  return { pieces, warnings }
}
