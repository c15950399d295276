/** tag, type (1 byte, 2 text, 3 uint16, 4 uint32, 5 rational as pairs, 7 opaque), values; or a directory. */
export type Field =
  | [tag: number, type: 1 | 2 | 3 | 4 | 5 | 7, value: number[] | string | Buffer]
  | [tag: number, below: Field[]]

const unit = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 4, 7: 1 }

/**
 * A TIFF structure written out plainly and apart from the code under test; an EXIF block is one. A field
 * 0x0111 with an empty value points at `pixels`, which stand at the end.
 */
export function tiffBlock(
  fields: Field[],
  options: { little: boolean; pixels?: Buffer; next?: Field[] },
): Buffer {
  const { little } = options
  const out = Buffer.alloc(65536)
  const u16 = (v: number, at: number) => (little ? out.writeUInt16LE(v, at) : out.writeUInt16BE(v, at))
  const u32 = (v: number, at: number) => (little ? out.writeUInt32LE(v, at) : out.writeUInt32BE(v, at))
  out.write(little ? 'II' : 'MM', 0, 'latin1')
  u16(42, 2)
  u32(8, 4)
  let end = 8
  let pixelsField = 0
  const directory = (list: Field[]): number => {
    const at = end
    const sorted = [...list].sort((a, b) => a[0] - b[0])
    end += 2 + sorted.length * 12 + 4
    u16(sorted.length, at)
    for (const [i, field] of sorted.entries()) {
      const entry = at + 2 + i * 12
      u16(field[0], entry)
      if (field.length === 2) {
        u16(4, entry + 2)
        u32(1, entry + 4)
        u32(end, entry + 8)
        directory(field[1])
        continue
      }
      const [tag, type, value] = field
      const list = typeof value === 'string' ? [...Buffer.from(`${value}\0`)] : [...value]
      const size = unit[type]
      if (tag === 0x0111) pixelsField = entry + 8
      u16(type, entry + 2)
      u32(tag === 0x0111 ? 1 : type === 5 ? list.length / 2 : list.length, entry + 4)
      let to = entry + 8
      if (list.length * size > 4) {
        u32(end, to)
        to = end
        end += list.length * size + ((list.length * size) % 2)
      }
      for (const [k, v] of list.entries()) {
        if (size === 1) out[to + k] = v
        else if (size === 2) u16(v, to + k * 2)
        else u32(v, to + k * 4)
      }
    }
    return at
  }
  const first = directory(fields)
  if (options.next) {
    u32(end, first + 2 + fields.length * 12)
    directory(options.next)
  }
  if (options.pixels) {
    u32(end, pixelsField)
    options.pixels.copy(out, end)
    end += options.pixels.length
  }
  return Buffer.from(out.subarray(0, end))
}

/** What a camera writes: who, when, how, where. The maker note stands for bytes nobody may touch. */
export function photoFields(orientation: number, width: number, height: number): Field[] {
  return [
    [0x010f, 2, 'Acme'],
    [0x0110, 2, 'Hourcam 7'],
    [0x0112, 3, [orientation]],
    [0x0132, 2, '2024:05:17 14:03:22'],
    [0x8298, 2, 'Nobody in particular'],
    [
      0x8769,
      [
        [0x829a, 5, [1, 250]],
        [0x829d, 5, [28, 10]],
        [0x8827, 3, [1600]],
        [0x9003, 2, '2024:05:17 14:03:20'],
        [0x920a, 5, [50, 1]],
        [0x927c, 7, Buffer.from('maker note, opaque \x01\x02\x03')],
        [0xa002, 4, [width]],
        [0xa003, 4, [height]],
        [0xa434, 2, 'Acme 50/1.8'],
      ],
    ],
    [
      0x8825,
      [
        [0x0001, 2, 'N'],
        [0x0002, 5, [52, 1, 31, 1, 1234, 100]],
        [0x0003, 2, 'E'],
        [0x0004, 5, [13, 1, 24, 1, 5678, 100]],
      ],
    ],
  ]
}

export const xmpPacket = `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
 xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" tiff:Orientation="6" exif:GPSLatitude="52,31.2N"
 photoshop:City="Berlin" photoshop:Credit="Nobody">
<exif:GPSLongitude>13,24.9E</exif:GPSLongitude><tiff:Make>Acme</tiff:Make></rdf:Description>
</rdf:RDF></x:xmpmeta><?xpacket end="w"?>`
