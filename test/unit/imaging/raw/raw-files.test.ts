import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { isCutShort } from '../../../../main/imaging/cut-short.ts'
import { exifFacts } from '../../../../main/imaging/exif/facts.ts'
import { bufferReader, findEntry, numberOf } from '../../../../main/imaging/exif/ifd.ts'
import { readExifTree } from '../../../../main/imaging/exif/tree.ts'
import { formatOfContent } from '../../../../main/imaging/formats.ts'
import { describedColours } from '../../../../main/imaging/heif-colours.ts'
import { heifItemsEnd } from '../../../../main/imaging/heif-extent.ts'
import { rawPixelsEnd } from '../../../../main/imaging/raw/extent.ts'
import { rawKind } from '../../../../main/imaging/raw/kind.ts'
import { rawMetadata } from '../../../../main/imaging/raw/metadata.ts'
import { rawPreviews } from '../../../../main/imaging/raw/preview.ts'
import { temporaryFolder } from '../folder.ts'
import { type Field, photoFields, tiffBlock } from '../tiff-block.ts'

const folder = temporaryFolder()
const sensor: Field = [
  0x014a,
  [
    [0x0106, 3, [32803]],
    [0x0144, 4, [5000, 9000]],
    [0x0145, 4, [4000, 1500]],
  ],
]

/** A box of an ISO base media file. */
function box(type: string, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content)
  const head = Buffer.alloc(8)
  head.writeUInt32BE(8 + body.length, 0)
  head.write(type, 4, 'latin1')
  return Buffer.concat([head, body])
}

describe('which RAW a file is', () => {
  for (const little of [true, false]) {
    it(`TIFF files, ${little ? 'little' : 'big'}-endian`, () => {
      const kind = (...fields: Field[]) => rawKind(bufferReader(tiffBlock(fields, { little })))
      expect(kind([0x010f, 2, 'NIKON CORPORATION'], sensor)).toBe('nef')
      expect(kind([0x010f, 2, 'SONY'], sensor)).toBe('arw')
      expect(kind([0x010f, 2, 'PENTAX'], sensor)).toBe('other')
      expect(kind([0x010f, 2, 'PENTAX'], [0xc612, 1, [1, 4, 0, 0]], sensor)).toBe('dng')
      expect(kind([0x010f, 2, 'NIKON CORPORATION'], [0x0106, 3, [2]])).toBeNull()
      expect(kind([0x010f, 2, 'SONY'], [0x0106, 3, [34892]])).toBe('arw')
    })
  }

  it('the others, by their first bytes', () => {
    const canon = Buffer.from('II*\0\x10\0\0\0CR\x02\0', 'latin1')
    expect(rawKind(bufferReader(canon))).toBe('cr2')
    const start = (text: string) => formatOfContent(Buffer.from(text.padEnd(32, '\0'), 'latin1'))
    expect(start('FUJIFILMCCD-RAW 0201')).toBe('raf')
    expect(start('\0\0\0\x18ftypcrx \0\0\0\x01crx isom')).toBe('cr3')
    for (const brand of ['heic', 'heix', 'mif1', 'msf1heic', 'hevc']) {
      expect(start(`\0\0\0\x18ftyp${brand}`)).toBe('heic')
    }
    expect(start('\0\0\0\x18ftypmif1\0\0\0\0avif')).toBe('avif')
    expect(start('\0\0\0\x18ftypisom')).toBeNull()
  })

  it('directories in a circle end', () => {
    const circle = tiffBlock([[0x0106, 3, [32803]]], { little: true })
    circle.writeUInt32LE(8, 8 + 2 + 12)
    expect(rawKind(bufferReader(circle))).toBe('other')
  })
})

describe('what a RAW file says of its photo', () => {
  const facts = { camera: 'Acme Hourcam 7', iso: 1600, fNumber: 2.8, hasPlace: true }

  it('in its own directories, without a maker note that would not fit into a JPEG', async () => {
    const fields = photoFields(6, 600, 400)
    const exposure = fields.find((field): field is [number, Field[]] => field[0] === 0x8769)![1]
    const own = exposure.filter(([tag]) => tag !== 0x927c)
    const noted = (length: number) =>
      tiffBlock(
        fields.map((field) =>
          field[0] === 0x8769 ? [0x8769, [...own, [0x927c, 7, Buffer.alloc(length, 0x51)]]] : field,
        ),
        { little: false },
      )
    const kept = (await rawMetadata(bufferReader(noted(1000)), 'nef')).exif!
    expect(exifFacts(kept)).toMatchObject(facts)
    expect(kept.includes(Buffer.alloc(1000, 0x51))).toBe(true)
    const left = (await rawMetadata(bufferReader(noted(40_000)), 'nef')).exif!
    expect(exifFacts(left)).toMatchObject(facts)
    expect(left.length).toBeLessThan(2000)
  })

  it('as sRGB, whatever colour space the camera was set to', async () => {
    const adobe: Field = [0x8769, [[0xa001, 3, [65535]]]]
    for (const little of [true, false]) {
      const { exif } = await rawMetadata(bufferReader(tiffBlock([adobe], { little })), 'arw')
      const tree = readExifTree(bufferReader(exif!))
      expect(numberOf(findEntry(tree!.exif, 0xa001))).toBe(1)
    }
  })

  it('in the JPEG that a RAF starts with', async () => {
    const pixel = sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    const ifd0 = { Make: 'Acme', Model: 'Hourcam 7' }
    const jpeg = await pixel
      .withExif({ IFD0: ifd0, IFD2: { ISOSpeedRatings: '1600' } })
      .jpeg()
      .toBuffer()
    const head = Buffer.alloc(160)
    head.write('FUJIFILMCCD-RAW ', 'latin1')
    head.writeUInt32BE(160, 84)
    head.writeUInt32BE(jpeg.length, 88)
    const { exif } = await rawMetadata(bufferReader(Buffer.concat([head, jpeg])), 'raf')
    expect(exifFacts(exif)).toMatchObject({ camera: 'Acme Hourcam 7', iso: 1600 })
    expect(await rawMetadata(bufferReader(head.subarray(0, 60)), 'raf')).toEqual({ exif: null, xmp: null })
    head.writeUInt32BE(0xffff_ffff, 88)
    expect(await rawMetadata(bufferReader(head), 'raf')).toEqual({ exif: null, xmp: null })
  })

  it("in a CR3's boxes", async () => {
    const picture = photoFields(1, 6, 4).filter(([tag]) => tag !== 0x8769 && tag !== 0x8825)
    const below = (tag: number) =>
      photoFields(1, 6, 4).find((field): field is [number, Field[]] => field[0] === tag)![1]
    const block = (fields: Field[]) => tiffBlock(fields, { little: true })
    const canon = box(
      'uuid',
      Buffer.from('85c0b687820f11e08111f4ce462b6a48', 'hex'),
      box('CMT1', block(picture)),
      box('CMT2', block(below(0x8769))),
      box('CMT4', block(below(0x8825))),
    )
    const file = Buffer.concat([box('ftyp', Buffer.from('crx ')), box('moov', canon), box('mdat')])
    const { exif } = await rawMetadata(bufferReader(file), 'cr3')
    expect(exifFacts(exif)).toMatchObject(facts)
    const without = Buffer.concat([box('ftyp', Buffer.from('crx ')), box('moov')])
    expect(await rawMetadata(bufferReader(without), 'cr3')).toEqual({ exif: null, xmp: null })
  })
})

describe('where previews lie', () => {
  it('in TIFF files: JPEGs, but none of the sensor', () => {
    const shown: Field = [
      0x014a,
      [
        [0x0103, 3, [7]],
        [0x0106, 3, [6]],
        [0x0201, 4, [5000]],
        [0x0202, 4, [700]],
      ],
    ]
    const lossless: Field = [
      0x014a,
      [
        [0x0103, 3, [7]],
        [0x0106, 3, [32803]],
        [0x0201, 4, [9000]],
        [0x0202, 4, [900]],
      ],
    ]
    for (const little of [true, false]) {
      const previews = (...fields: Field[]) => rawPreviews(bufferReader(tiffBlock(fields, { little })), 'nef')
      expect(previews([0x0112, 3, [8]], shown)).toEqual({
        ...{ orientation: 8, places: [{ start: 5000, length: 700 }] },
      })
      expect(previews(lossless)).toEqual({ orientation: 1, places: [] })
    }
    const canon = Array.from({ length: 4 }, (_, i) => {
      const bytes = Buffer.alloc(2 + 24 + 4)
      bytes.writeUInt16LE(2, 0)
      for (const [j, [tag, value]] of [
        [0x0201, 1000 * (i + 1)],
        [0x0202, 50],
      ].entries()) {
        bytes.writeUInt16LE(tag!, 2 + 12 * j)
        bytes.writeUInt16LE(4, 4 + 12 * j)
        bytes.writeUInt32LE(1, 6 + 12 * j)
        bytes.writeUInt32LE(value!, 10 + 12 * j)
      }
      bytes.writeUInt32LE(i < 3 ? 16 + 30 * (i + 1) : 0, 26)
      return bytes
    })
    const cr2 = Buffer.concat([Buffer.from('II*\0\x10\0\0\0CR\x02\0\0\0\0\0', 'latin1'), ...canon])
    const starts = rawPreviews(bufferReader(cr2), 'cr2').places.map(({ start }) => start)
    expect(starts).toEqual([1000, 2000, 3000])
  })

  it('in a RAF and in a CR3, with what turns them', () => {
    const exif = tiffBlock([[0x0112, 3, [6]]], { little: false })
    const jpeg = Buffer.concat([Buffer.from('\xff\xd8\xff\xe1\0\0Exif\0\0', 'latin1'), exif])
    const head = Buffer.alloc(160)
    head.writeUInt32BE(160, 84)
    head.writeUInt32BE(jpeg.length, 88)
    expect(rawPreviews(bufferReader(Buffer.concat([head, jpeg])), 'raf')).toEqual({
      ...{ orientation: 6, places: [{ start: 160, length: jpeg.length }] },
    })
    const length = Buffer.alloc(16)
    length.writeUInt32BE(5, 12)
    const previews = box(
      'uuid',
      Buffer.from('eaf42b5e1c984b88b9fbb7dc406e4d16', 'hex'),
      Buffer.alloc(8),
      box('PRVW', length, Buffer.from('jpeg!')),
    )
    const canon = Buffer.from('85c0b687820f11e08111f4ce462b6a48', 'hex')
    const moov = box('moov', box('uuid', canon, box('CMT1', tiffBlock([[0x0112, 3, [8]]], { little: true }))))
    const file = Buffer.concat([box('ftyp', Buffer.from('crx ')), moov, previews])
    const found = rawPreviews(bufferReader(file), 'cr3')
    expect(found.orientation).toBe(8)
    const [{ start, length: bytes }] = found.places as [{ start: number; length: number }]
    expect(file.toString('latin1', start, start + bytes)).toBe('jpeg!')
    expect(rawPreviews(bufferReader(file.subarray(0, 4)), 'cr3')).toEqual({ orientation: 1, places: [] })
  })
})

describe('files that end too early', () => {
  it('by the directories of a RAW', () => {
    expect(rawPixelsEnd(bufferReader(tiffBlock([sensor], { little: true })), 'nef')).toBe(10_500)
    const raf = Buffer.alloc(160)
    raf.writeUInt32BE(3000, 100)
    raf.writeUInt32BE(77, 104)
    expect(rawPixelsEnd(bufferReader(raf), 'raf')).toBe(3077)
    expect(rawPixelsEnd(bufferReader(raf.subarray(0, 90)), 'raf')).toBe(Number.POSITIVE_INFINITY)
  })

  it('by the items of a HEIC', async () => {
    // version 1, four bytes of offset and length, two items: one in the file, one in `idat`
    const item = (id: number, method: number, start: number, length: number) => {
      const bytes = Buffer.alloc(16)
      bytes.writeUInt16BE(id, 0)
      bytes.writeUInt16BE(method, 2)
      bytes.writeUInt16BE(1, 6)
      bytes.writeUInt32BE(start, 8)
      bytes.writeUInt32BE(length, 12)
      return bytes
    }
    const head = Buffer.from([1, 0, 0, 0, 0x44, 0, 0, 2])
    const iloc = box('iloc', head, item(1, 0, 400, 100), item(2, 1, 9000, 100))
    const meta = box('meta', Buffer.alloc(4), box('hdlr', Buffer.alloc(20)), iloc)
    const file = Buffer.concat([box('ftyp', Buffer.from('heic\0\0\0\0')), meta])
    expect(heifItemsEnd(bufferReader(file))).toBe(500)
    const path = join(folder, 'items.heic')
    for (const [bytes, isShort] of [
      [499, true],
      [500, false],
    ] as const) {
      writeFileSync(path, Buffer.concat([file, box('mdat', Buffer.alloc(bytes - file.length - 8))]))
      expect(await isCutShort(path, 'heic')).toBe(isShort)
    }
    expect(heifItemsEnd(bufferReader(file.subarray(0, file.length - 20)))).toBeLessThanOrEqual(500)
  })
})

describe('colours of a HEIC without a profile', () => {
  const described = (primaries: number, transfer: number) => {
    const colr = Buffer.from('nclx\0\0\0\0\0\0\x80', 'latin1')
    colr.writeUInt16BE(primaries, 4)
    colr.writeUInt16BE(transfer, 6)
    const path = join(folder, 'colours.heic')
    writeFileSync(path, box('colr', colr))
    return describedColours(path)
  }

  it('are sRGB, a profile, or a note', async () => {
    expect(await described(1, 13)).toEqual({ icc: null, note: null })
    const p3 = await described(12, 13)
    expect(p3.note).toBeNull()
    expect(p3.icc?.toString('latin1', 36, 40)).toBe('acsp')
    expect((await described(9, 16)).note).toBe('its colours are BT.2020 PQ, but are taken as sRGB')
    expect((await described(12, 18)).note).toBe('its colours are Display P3 HLG, but are taken as sRGB')
  })
})
