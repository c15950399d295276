import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { noMetadata } from '../../../main/imaging/raster.ts'
import { readImage } from '../../../main/imaging/read.ts'
import { srgb8Image } from '../../../main/imaging/srgb.ts'
import { thumbnail } from '../../../main/imaging/thumbnail.ts'
import { failure, fixture, temporaryFolder } from './folder.ts'
import { blockColour, uprightSize } from './pattern.ts'

const folder = temporaryFolder()
const camera = (name: string) => fixture(join('../camera', name))
const rgbOf = (bytes: Buffer) => sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true })

function meanDifference(a: Uint8Array, b: Uint8Array): number {
  expect(a.length).toBe(b.length)
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length
}

describe('a small picture of any file', () => {
  it('is upright, and no larger than asked or than the picture', async () => {
    for (let orientation = 1; orientation <= 8; orientation++) {
      const small = await thumbnail(fixture(`orientation-${orientation}.jpg`), {
        ...{ longestSide: 24, quality: 95 },
      })
      expect(small).toMatchObject({ width: 24, height: 16, format: 'webp' })
      const { data } = await rgbOf(small.bytes)
      const [scale, at] = [uprightSize.width / 24, (4 * 24 + 4) * 3]
      const expected = blockColour(4 * scale, 4 * scale)
      for (let c = 0; c < 3; c++) expect(Math.abs(data[at + c]! - expected[c]!)).toBeLessThan(12)
    }
    expect(await thumbnail(fixture('rgb-8.png'), { longestSide: 500 })).toMatchObject({
      width: 20,
      height: 14,
    })
  })

  it('from every kind of file, as WebP or JPEG', async () => {
    for (const name of [
      'grey-16.tif',
      'rgb-alpha-16.png',
      'cmyk-8.jpg',
      'lab.tif',
      'rgb-10.avif',
      'two-frames.gif',
    ]) {
      for (const format of ['webp', 'jpeg'] as const) {
        const { bytes, width } = await thumbnail(fixture(name), { longestSide: 12, format })
        expect(width).toBe(12)
        expect(await sharp(bytes).metadata()).toMatchObject({ format, space: 'srgb' })
      }
    }
  })

  it('of a HEIC, through its profile and with its alpha', async () => {
    const small = await thumbnail(camera('alpha.heic'), { longestSide: 64 })
    expect(small).toMatchObject({ width: 64, height: 48 })
    expect(await sharp(small.bytes).metadata()).toMatchObject({ hasAlpha: true })
    const turned = await thumbnail(camera('turned.heic'), { longestSide: 96, quality: 95 })
    expect(turned).toMatchObject({ width: 72, height: 96 })
    const reference = await sharp(camera('turned.heic.png')).resize(72, 96).removeAlpha().raw().toBuffer()
    expect(meanDifference((await rgbOf(turned.bytes)).data, reference)).toBeLessThan(5)
  })

  it('of a RAW: its preview, turned, or the picture where there is none that large', async () => {
    const bytes = readFileSync(camera('turned.dng'))
    const first = bytes.readUInt32LE(4)
    const entries = Array.from({ length: bytes.readUInt16LE(first) }, (_, i) => first + 2 + i * 12)
    const at = entries.find((entry) => bytes.readUInt16LE(entry) === 0x0112)!
    for (let orientation = 1; orientation <= 8; orientation++) {
      bytes.writeUInt16LE(orientation, at + 8)
      const path = join(folder, `${orientation}.dng`)
      writeFileSync(path, bytes)
      const small = await thumbnail(path, { longestSide: 64, quality: 95 })
      const whole = await (await srgb8Image(await readImage(path), 64))
        .raw()
        .toBuffer({ resolveWithObject: true })
      expect(small).toMatchObject({ width: whole.info.width, height: whole.info.height })
      expect(meanDifference((await rgbOf(small.bytes)).data, whole.data)).toBeLessThan(9)
    }
    expect(await thumbnail(camera('grey.dng'), { longestSide: 32 })).toMatchObject({ width: 32, height: 24 })
  })

  it('of an .hgi, by who can decode it', async () => {
    const pixels = new Uint8Array(40 * 30 * 3).fill(90)
    const raster = {
      width: 40,
      height: 30,
      channels: 3,
      depth: 8,
      pixels,
      alpha: null,
      metadata: noMetadata,
    } as const
    const hgi = async (path: string, longestSide: number) => {
      expect([path, longestSide]).toEqual(['/a/b.hgi', 20])
      return raster
    }
    expect(await thumbnail('/a/b.hgi', { longestSide: 20, hgi })).toMatchObject({ width: 20, height: 15 })
  })
})

it('names what cannot be made small', async () => {
  const cases = [
    ['text.jpg', 'unsupported'],
    ['none.jpg', 'not-found'],
    ['../camera/none.dng', 'not-found'],
  ] as const
  for (const [name, code] of cases) {
    const error = await failure(thumbnail(fixture(name), { longestSide: 64 }))
    expect(error.code).toBe(code)
    expect(error.message).toContain(fixture(name))
  }
  const path = join(folder, 'cut.dng')
  writeFileSync(path, readFileSync(camera('turned.dng')).subarray(0, 40))
  expect(['corrupt', 'unreadable', 'unsupported']).toContain(
    (await failure(thumbnail(path, { longestSide: 9 }))).code,
  )
  const signal = AbortSignal.abort()
  expect(await failure(thumbnail(camera('turned.dng'), { longestSide: 64, signal }))).toMatchObject({
    code: 'aborted',
  })
})
