import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exifWithoutPlace, orientationOf, uprightExif } from '../../../main/imaging/exif/edit.ts'
import { exifFacts } from '../../../main/imaging/exif/facts.ts'
import { bufferReader, type Ifd } from '../../../main/imaging/exif/ifd.ts'
import { readExifTree } from '../../../main/imaging/exif/tree.ts'
import { uprightXmp, xmpWithoutPlace } from '../../../main/imaging/exif/xmp.ts'
import { type OutputFormat, outputFormats } from '../../../main/imaging/formats.ts'
import { probeImage } from '../../../main/imaging/probe.ts'
import type { ImageMetadata } from '../../../main/imaging/raster.ts'
import { readImage } from '../../../main/imaging/read.ts'
import { sharp } from '../../../main/imaging/sharp.ts'
import { writeImage } from '../../../main/imaging/write.ts'
import { fixture, temporaryFolder } from './folder.ts'
import { patternRaster } from './pattern.ts'
import { photoFields, tiffBlock, xmpPacket } from './tiff-block.ts'

const folder = temporaryFolder()
let count = 0
const facts = {
  camera: 'Acme Hourcam 7',
  lens: 'Acme 50/1.8',
  takenAt: '2024-05-17T14:03:20',
  exposureSeconds: 1 / 250,
  fNumber: 2.8,
  iso: 1600,
  focalLengthMm: 50,
}

/** Every tag with its value, whatever the layout; `added` are those that libexif makes up. */
function flat(exif: Buffer): Record<string, string> {
  const tree = readExifTree(bufferReader(exif))!
  const out: Record<string, string> = {}
  for (const [name, ifd] of Object.entries(tree) as [string, Ifd][]) {
    for (const { tag, value } of ifd?.entries ?? [])
      out[`${name} ${tag.toString(16)}`] = value.toString('latin1')
  }
  for (const pointer of ['ifd0 8769', 'ifd0 8825', 'exif a005']) delete out[pointer]
  return out
}

async function written(
  format: OutputFormat,
  metadata: ImageMetadata,
  wish: 'all' | 'without-place' | 'none',
) {
  const path = join(folder, `${count++}${outputFormats[format].extension}`)
  const depth = format.endsWith('16') ? 16 : 8
  await writeImage(path, { ...patternRaster(48, 32, 3, depth), metadata }, { format, metadata: wish })
  return { path, metadata: (await readImage(path)).metadata }
}

describe('reading', () => {
  for (const name of ['tagged.jpg', 'tagged.png', 'tagged.webp', 'tagged.avif', 'tagged.tif']) {
    it(`${name}: EXIF, XMP and ICC, all upright`, async () => {
      const probed = await probeImage(fixture(name))
      expect(probed.exif).toEqual({ ...facts, hasPlace: true })
      expect(probed).toMatchObject({ width: 48, height: 32, orientation: name === 'tagged.avif' ? 1 : 6 })
      const { metadata } = await readImage(fixture(name))
      expect(orientationOf(metadata.exif!)).toBe(1)
      expect(metadata.xmp!.toString()).toBe(xmpPacket.replace('Orientation="6"', 'Orientation="1"'))
      // the hand-made TIFF has none
      expect(metadata.icc?.length).toBe(name === 'tagged.tif' ? undefined : 480)
    })
  }

  it('pixels of a tagged picture stay in its own space', async () => {
    const own = await readImage(fixture('tagged.png'))
    const { data } = await sharp(fixture('tagged.png'), { ignoreIcc: true, autoOrient: true })
      .raw()
      .toBuffer({ resolveWithObject: true })
    expect(Buffer.compare(Buffer.from(own.pixels), data)).toBe(0)
  })
})

describe('writing', () => {
  for (const format of Object.keys(outputFormats) as OutputFormat[]) {
    it(`${format} keeps everything, or all but the place, or only the profile`, async () => {
      const source = (await readImage(fixture('tagged.jpg'))).metadata
      const all = await written(format, source, 'all')
      expect(all.metadata.icc).toEqual(source.icc)
      expect(all.metadata.xmp).toEqual(source.xmp)
      if (format === 'avif' || format === 'tiff16')
        expect(flat(all.metadata.exif!)).toMatchObject(flat(source.exif!))
      else expect(all.metadata.exif).toEqual(source.exif)
      // another reader agrees on orientation and sees no turn
      expect((await sharp(all.path).metadata()).orientation ?? 1).toBe(1)
      if (format !== 'webp' && format !== 'avif') expect(all.metadata.densityPpi).toBe(72)

      const without = await written(format, source, 'without-place')
      expect(exifFacts(without.metadata.exif)).toEqual({ ...facts, hasPlace: false })
      expect(without.metadata.exif!.includes(Buffer.from([0xd2, 0x04, 0, 0, 100]))).toBe(false)
      expect(without.metadata.xmp!.toString()).not.toMatch(/GPS|Berlin|13,24/)
      expect(without.metadata.xmp!.toString()).toContain('photoshop:Credit="Nobody"')
      expect(without.metadata.icc).toEqual(source.icc)

      const none = await written(format, source, 'none')
      expect(none.metadata).toMatchObject({ exif: null, xmp: null, icc: source.icc })
    }, 10_000)
  }

  it('a profile larger than one JPEG segment; EXIF too large for one is reported', async () => {
    const source = (await readImage(fixture('tagged.jpg'))).metadata
    const icc = Buffer.concat([source.icc!, Buffer.alloc(150_000, 7)])
    icc.writeUInt32BE(icc.length, 0)
    const raster = { ...patternRaster(20, 14, 3, 8), metadata: { ...source, icc } }
    const path = join(folder, 'large.jpg')
    expect((await writeImage(path, raster, { format: 'jpeg' })).warnings).toEqual([])
    expect((await readImage(path)).metadata.icc?.equals(icc)).toBe(true)
    const exif = Buffer.concat([source.exif!, Buffer.alloc(70_000)])
    const second = { ...raster, metadata: { ...source, exif } }
    const { warnings } = await writeImage(join(folder, 'exif.jpg'), second, { format: 'jpeg' })
    expect(warnings).toEqual([expect.stringContaining('EXIF of 70')])
  })

  it('the density, once, where the container has a place for it', async () => {
    const base = patternRaster(20, 14, 3, 8)
    for (const format of ['jpeg', 'png', 'tiff16'] as const) {
      const { path, metadata } = await written(format, { ...base.metadata, densityPpi: 300 }, 'all')
      expect(metadata.densityPpi).toBe(300)
      if (format === 'png') expect(readFileSync(path, 'latin1').match(/pHYs/g)).toHaveLength(1)
    }
  })

  it('a grey profile goes into grey files only', async () => {
    const { icc } = (await readImage(fixture('tagged.jpg'))).metadata
    const grey = Buffer.from(icc!)
    grey.write('GRAY', 16, 'latin1')
    const base = patternRaster(20, 14, 1, 8)
    const raster = { ...base, metadata: { ...base.metadata, icc: grey } }
    const { warnings } = await writeImage(join(folder, 'grey.webp'), raster, { format: 'webp' })
    expect(warnings).toEqual(['webp holds RGB: the grey ICC profile is left out'])
    await writeImage(join(folder, 'grey.png'), raster, { format: 'png' })
    expect((await readImage(join(folder, 'grey.png'))).metadata.icc).toEqual(grey)
  })
})

describe('EXIF blocks', () => {
  for (const little of [true, false]) {
    const fields = photoFields(8, 600, 400)
    const linked = (at: number) =>
      tiffBlock(fields, {
        little,
        next: [
          [0x0112, 3, [8]],
          [0x0201, 4, [at]],
          [0x0202, 4, [13]],
        ],
      })
    const exif = Buffer.concat([linked(linked(0).length), Buffer.from('old thumbnail')])

    it(`${little ? 'little' : 'big'}-endian: turned in place, nothing else moves`, () => {
      expect(orientationOf(exif)).toBe(8)
      const upright = uprightExif(exif, 400, 600)!
      const [before, after] = [flat(exif), flat(upright)]
      expect(after['ifd0 112']).toBe('\x01\x00')
      expect(after['exif a002']).toBe('\x90\x01\x00\x00')
      expect(upright.length).toBe(exif.length)
      expect(upright.indexOf('maker note')).toBe(exif.indexOf('maker note'))
      expect(exif.includes('old thumbnail')).toBe(true)
      expect(upright.includes('old thumbnail')).toBe(false)
      expect(readExifTree(bufferReader(upright))?.thumbnail).toBeNull()
      for (const [key, value] of Object.entries(before)) {
        if (!/thumbnail|112|a002|a003/.test(key)) expect(after[key], key).toBe(value)
      }
    })

    it(`${little ? 'little' : 'big'}-endian: the place goes, its bytes too`, () => {
      const without = exifWithoutPlace(exif)!
      const expected = Object.entries(flat(exif)).filter(([key]) => !key.startsWith('gps'))
      expect(flat(without)).toEqual(Object.fromEntries(expected))
      expect(exifWithoutPlace(without)).toEqual(without)
      expect(exifFacts(without)).toEqual({ ...facts, hasPlace: false })
    })
  }

  it('survives any cut and any flipped byte without throwing', () => {
    const exif = tiffBlock(photoFields(6, 600, 400), { little: false, next: [[0x0201, 4, [4_000_000_000]]] })
    for (let at = 0; at < exif.length; at++) {
      const flipped = Buffer.from(exif)
      flipped[at] ^= 0xff
      for (const block of [exif.subarray(0, at), flipped]) {
        exifFacts(block)
        orientationOf(block)
        uprightExif(block, 1, 1)
        exifWithoutPlace(block)
      }
    }
    expect(uprightExif(Buffer.from('not exif at all'), 1, 1)).toBeNull()
  })
})

it('XMP is edited in both notations and left alone otherwise', () => {
  const turned = uprightXmp(
    Buffer.from('<a tiff:Orientation="8"/><tiff:Orientation> 3 </tiff:Orientation><b/>'),
  )
  expect(turned?.toString()).toBe('<a tiff:Orientation="1"/><tiff:Orientation> 1 </tiff:Orientation><b/>')
  const nested =
    '<exif:GPSTimeStamp a="b"><rdf:Seq>x</rdf:Seq></exif:GPSTimeStamp><exif:FNumber>2</exif:FNumber>'
  expect(xmpWithoutPlace(Buffer.from(nested))?.toString()).toBe('<exif:FNumber>2</exif:FNumber>')
  expect(uprightXmp(Buffer.from([0xff, 0xfe, 0x3c, 0]))).toBeNull()
})
