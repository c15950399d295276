import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { decode } from '../../../main/imaging/decoders/decode.ts'
import { probeImage } from '../../../main/imaging/probe.ts'
import { readImage } from '../../../main/imaging/read.ts'
import { writeImage } from '../../../main/imaging/write.ts'
import { failure, fixture, temporaryFolder } from './folder.ts'

// The fixtures and their references are made by scripts/fixtures-camera.py: it says by which decoders.
const camera = (name: string) => fixture(join('../camera', name))
const folder = temporaryFolder()
const limitMs = 30_000

/** A changed copy of a fixture, under a name of its own. */
function changed(name: string, as: string, change: (bytes: Buffer) => Buffer): string {
  const path = join(folder, as)
  writeFileSync(path, change(readFileSync(camera(name))))
  return path
}

function differences(a: ArrayLike<number>, b: ArrayLike<number>): { largest: number; mean: number } {
  expect(a.length).toBe(b.length)
  let [largest, sum] = [0, 0]
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!)
    largest = Math.max(largest, difference)
    sum += difference
  }
  return { largest, mean: sum / a.length }
}

/** Mean of each channel over squares of 16 x 16 pixels of an RGB picture. */
function squareMeans(pixels: Uint8Array, width: number): number[] {
  const columns = width / 16
  const means = new Array<number>((pixels.length / 3 / 256) * 3).fill(0)
  for (let i = 0; i < pixels.length; i++) {
    const pixel = Math.floor(i / 3)
    const square = Math.floor(pixel / width / 16) * columns + Math.floor((pixel % width) / 16)
    means[square * 3 + (i % 3)]! += pixels[i]! / 256
  }
  return means
}

describe('RAW', () => {
  for (const [name, facts] of [
    ['turned.dng', { width: 96, height: 128, channels: 3, orientation: 6 }],
    ['grey.dng', { width: 128, height: 96, channels: 1, orientation: 1 }],
  ] as const) {
    it(`${name} decodes as rawpy has it, upright, at 16 bits`, async () => {
      expect(await probeImage(camera(name))).toMatchObject({ ...facts, format: 'dng', depth: 16, notes: [] })
      const { orientation: _, ...size } = facts
      const raster = await readImage(camera(name))
      expect(raster).toMatchObject({ ...size, depth: 16, alpha: null })
      const reference = await readImage(camera(`${name}.png`))
      // LibRaw 0.22.1 in WebAssembly against 0.22.2: AHD may decide otherwise at single pixels
      const { largest, mean } = differences(raster.pixels, reference.pixels)
      expect(largest).toBeLessThanOrEqual(512)
      expect(mean).toBeLessThan(2)
      expect(new Set(raster.pixels.map((value) => value % 257)).size).toBeGreaterThan(200)
    })
  }

  it('shows the photo that the sensor saw: white balance, transfer and matrix are right', async () => {
    const raster = await readImage(camera('turned.dng'))
    const photo = sharp(join(import.meta.dirname, '../../../assets/samples/lake.jpg'))
    const seen = await photo.resize(128, 96, { fit: 'fill' }).rotate(90).raw().toBuffer()
    // means over squares of 16: what interpolation does to edges is not the question
    const pixels = await sharp(raster.pixels, { raw: { width: 96, height: 128, channels: 3 } })
      .toColourspace('srgb')
      .raw()
      .toBuffer()
    const { largest } = differences(squareMeans(pixels, 96), squareMeans(seen, 96))
    // of 255; with the curve of BT.709 17, brightened by the histogram 22, without the white balance 52
    expect(largest).toBeLessThan(8)
  })

  it('keeps the EXIF, and none of what tells how a RAW file is laid out', async () => {
    const { exif } = await probeImage(camera('turned.dng'))
    const facts = { camera: 'Hourglass Fixture One', lens: '50mm F2.8 X', takenAt: '2026-05-17T14:03:22' }
    expect(exif).toEqual({ ...facts, exposureSeconds: 0.008, fNumber: 2.8, iso: 3200, hasPlace: false })
    const path = join(folder, 'out.jpg')
    await writeImage(path, await readImage(camera('turned.dng')), { format: 'jpeg' })
    const written = await probeImage(path)
    expect(written).toMatchObject({ width: 96, height: 128, orientation: 1, exif: { ...facts, iso: 3200 } })
  })

  it('is written at 16 bits as it was read', async () => {
    const raster = await readImage(camera('turned.dng'))
    for (const [name, format] of [
      ['exact.png', 'png16'],
      ['exact.tif', 'tiff16'],
    ] as const) {
      await writeImage(join(folder, name), raster, { format })
      expect((await readImage(join(folder, name))).pixels).toEqual(raster.pixels)
    }
  })

  it('gives its preview as it lies in the file', async () => {
    const found = await decode('rawPreview', { path: camera('turned.dng') }, { limitMs })
    expect(found).toMatchObject({ width: 96, height: 128, orientation: 6 })
    const { preview } = found
    if (preview?.kind !== 'jpeg') throw new Error(`expected a JPEG, got ${preview?.kind}`)
    expect(await sharp(preview.bytes).metadata()).toMatchObject({ width: 128, height: 96, format: 'jpeg' })
    const none = await decode('rawPreview', { path: camera('grey.dng') }, { limitMs })
    expect(none.preview).toBeNull()
  })
})

describe('HEIC', () => {
  it('is turned by its own box, with EXIF and profile', async () => {
    expect(await probeImage(camera('turned.heic'))).toMatchObject({
      ...{ width: 96, height: 128, format: 'heic', depth: 8, hasAlpha: false, hasIcc: true },
      exif: { camera: 'Hourglass Fixture Two', iso: 400 },
    })
    const raster = await readImage(camera('turned.heic'))
    const reference = await readImage(camera('turned.heic.png'))
    expect(differences(raster.pixels, reference.pixels).largest).toBeLessThanOrEqual(1)
    expect(raster.metadata.icc?.toString('latin1', 36, 40)).toBe('acsp')
  })

  it('has alpha', async () => {
    const raster = await readImage(camera('alpha.heic'))
    const reference = await readImage(camera('alpha.heic.png'))
    expect(raster).toMatchObject({ width: 128, height: 96, depth: 8 })
    expect(differences(raster.pixels, reference.pixels).largest).toBeLessThanOrEqual(1)
    expect(differences(raster.alpha!, reference.alpha!).largest).toBeLessThanOrEqual(1)
  })

  it('keeps 10 bits, white at 65535', async () => {
    const raster = await readImage(camera('ten.heic'))
    const reference = await readImage(camera('ten.heic.png'))
    expect(raster).toMatchObject({ width: 128, height: 96, depth: 16, alpha: null })
    // the reference has its ten bits at the top and zeros below; one step of ten bits is 64
    const { largest } = differences(
      raster.pixels.map((value) => value >>> 6),
      reference.pixels.map((value) => value >>> 6),
    )
    expect(largest).toBeLessThanOrEqual(2)
    expect(raster.pixels.every((value) => (value & 63) === value >>> 10)).toBe(true)
    expect(new Set(raster.pixels).size).toBeGreaterThan(400)
  })
})

describe('files that are refused, by name', () => {
  const cut = (share: number) => (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length * share))
  /** Sets the first directory's entry `tag`, of one 32-bit value. */
  const set = (bytes: Buffer, tag: number, value: number, as = tag): Buffer => {
    const at = bytes.readUInt32LE(4)
    for (let i = 0; i < bytes.readUInt16LE(at); i++) {
      const entry = at + 2 + i * 12
      if (bytes.readUInt16LE(entry) !== tag) continue
      bytes.writeUInt16LE(as, entry)
      bytes.writeUInt32LE(value, entry + 8)
    }
    return bytes
  }
  const cases: [string, string, string, (bytes: Buffer) => Buffer, RegExp][] = [
    ['turned.dng', 'cut.dng', 'unreadable', cut(0.5), /cut short/],
    ['turned.heic', 'cut.heic', 'unreadable', cut(0.5), /cut short/],
    ['turned.heic', 'head.heic', 'unreadable', cut(0.05), /cut short/],
    [
      'turned.dng',
      'bomb.dng',
      'too-large',
      (bytes) => set(set(bytes, 0x0100, 60000), 0x0101, 60000),
      /claims 60000 x 60000 = 3600 megapixels; the limit is 900/,
    ],
    [
      'turned.dng',
      'large.dng',
      'too-large',
      (bytes) => set(set(bytes, 0x0100, 20000), 0x0101, 20000),
      /takes too much memory \(400 megapixels are more than LibRaw's 2 GB hold/,
    ],
    [
      'turned.dng',
      'other.dng',
      'unsupported',
      (bytes) => set(bytes, 0xc612, 0, 0xc6ff),
      /camera's RAW of a kind that is not read/,
    ],
    [
      'turned.dng',
      'wrong.dng',
      'unsupported',
      (bytes) => set(bytes, 0x0103, 99),
      /kind of DNG that is not read/,
    ],
    // HEVC has no checksums: damage among the pixels shows, damage to the structure is found
    ['turned.heic', 'holes.heic', 'corrupt', (bytes) => bytes.fill(0x55, 60, 400), /damaged/],
  ]
  for (const [from, name, code, change, words] of cases) {
    it(`${name}: ${code}`, async () => {
      const path = changed(from, name, change)
      const error = await failure(readImage(path))
      expect(error.message).toMatch(words)
      expect(error.message).toContain(path)
      expect(error.code).toBe(code)
    })
  }

  it('a decoder without end is stopped, and others go on', async () => {
    const options = { limitMs: 1 }
    const slow = decode('rawPixels', { path: camera('turned.dng'), half: false }, options)
    await expect(slow).rejects.toThrow(/found no end in 0.001 s/)
    expect((await readImage(camera('grey.dng'))).width).toBe(128)
  })

  it('an abort ends reading at once, also of those that wait', async () => {
    const stop = new AbortController()
    const signal = stop.signal
    const readings = Array.from({ length: 8 }, () => failure(readImage(camera('turned.dng'), { signal })))
    setTimeout(() => stop.abort(), 20)
    const started = performance.now()
    for (const error of await Promise.all(readings)) expect(error.code).toBe('aborted')
    expect(performance.now() - started).toBeLessThan(1000)
  })
})
