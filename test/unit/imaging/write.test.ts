import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { encodeTo } from '../../../main/imaging/encode.ts'
import { fileError } from '../../../main/imaging/file-errors.ts'
import { type OutputFormat, outputFormats } from '../../../main/imaging/formats.ts'
import { newSamples, samplesAtDepth } from '../../../main/imaging/raster.ts'
import { readImage } from '../../../main/imaging/read.ts'
import { writeImage } from '../../../main/imaging/write.ts'
import { failure, fixture, temporaryFolder } from './folder.ts'
import { patternRaster } from './pattern.ts'

const folder = temporaryFolder()
let count = 0
const fresh = (format: OutputFormat) => join(folder, `${count++}${outputFormats[format].extension}`)

describe('lossless formats give back every sample', () => {
  for (const format of ['png', 'png16', 'tiff16', 'webp'] as const) {
    for (const depth of [8, 16] as const) {
      for (const channels of [1, 3] as const) {
        for (const hasAlpha of [false, true]) {
          it(`${format} from ${channels} x ${depth} bits${hasAlpha ? ' with alpha' : ''}`, async () => {
            const raster = patternRaster(37, 23, channels, depth, hasAlpha)
            const path = fresh(format)
            const { bytes, warnings } = await writeImage(path, raster, { format, lossless: true })
            expect(bytes).toBe(statSync(path).size)
            expect(warnings).toEqual([])
            const back = await readImage(path)
            const kept = outputFormats[format].depth
            expect(back.depth).toBe(kept)
            expect(back.alpha).toEqual(raster.alpha && samplesAtDepth(raster.alpha, kept))
            const pixels = samplesAtDepth(raster.pixels, kept)
            if (back.channels === channels) expect(back.pixels).toEqual(pixels)
            // WebP has no grey
            else expect(back.pixels.filter((_, i) => i % 3 === 0)).toEqual(pixels)
          })
        }
      }
    }
  }

  it('a TIFF of many strips', async () => {
    const raster = patternRaster(900, 700, 3, 16, true)
    const path = fresh('tiff16')
    await writeImage(path, raster, { format: 'tiff16' })
    const back = await readImage(path)
    expect(
      Buffer.compare(
        Buffer.from(back.pixels.buffer, 0, back.pixels.byteLength),
        Buffer.from(raster.pixels.buffer),
      ),
    ).toBe(0)
    expect(back.alpha).toEqual(raster.alpha)
  })
})

describe('lossy formats come near', () => {
  for (const format of ['jpeg', 'webp', 'avif'] as const) {
    for (const depth of [8, 16] as const) {
      for (const channels of [1, 3] as const) {
        it(`${format} from ${channels} x ${depth} bits`, async () => {
          const width = 64
          const height = 48
          const pixels = newSamples(width * height * channels, depth).map((_, i) => {
            const x = Math.floor(i / channels) % width
            return Math.round(((x + (i % channels) * 20) / 104) * (depth === 8 ? 255 : 65535))
          })
          const raster = { ...patternRaster(width, height, channels, depth, true), pixels }
          const path = fresh(format)
          const { warnings } = await writeImage(path, { ...raster, alpha: null }, { format, quality: 95 })
          expect(warnings).toEqual([])
          const back = await readImage(path)
          expect(back.depth).toBe(format === 'avif' ? depth : 8)
          let squares = 0
          const repeat = back.channels / channels
          for (const [i, value] of back.pixels.entries()) {
            const want = raster.pixels[Math.floor(i / repeat)] / (depth === 8 ? 255 : 65535)
            squares += (value / (back.depth === 8 ? 255 : 65535) - want) ** 2
          }
          expect(10 * Math.log10(back.pixels.length / squares)).toBeGreaterThan(38)
        })
      }
    }
  }

  it('alpha stays in AVIF and becomes white in JPEG, with a warning', async () => {
    const raster = patternRaster(40, 30, 3, 8, true)
    raster.alpha?.fill(0)
    raster.alpha?.fill(255, 0, 600)
    const avif = fresh('avif')
    await writeImage(avif, raster, { format: 'avif' })
    expect((await readImage(avif)).alpha).toEqual(raster.alpha)
    const jpeg = fresh('jpeg')
    const { warnings } = await writeImage(jpeg, raster, { format: 'jpeg' })
    expect(warnings).toEqual(['JPEG has no alpha: transparent parts became white'])
    const back = await readImage(jpeg)
    expect(Math.min(...back.pixels.subarray(40 * 24 * 3))).toBeGreaterThan(250)
  })
})

it('rounds when it goes from 16 bits to 8', () => {
  const all = Uint16Array.from({ length: 65536 }, (_, i) => i)
  const down = samplesAtDepth(all, 8)
  expect(down.every((value, i) => value === Math.round(i / 257))).toBe(true)
  expect(samplesAtDepth(Uint8Array.of(0, 1, 255), 16)).toEqual(Uint16Array.of(0, 257, 65535))
})

describe('what must not be overwritten', () => {
  const raster = patternRaster(8, 8, 3, 8)

  it('a file that exists, unless asked to', async () => {
    const path = fresh('png')
    writeFileSync(path, 'precious')
    expect(await failure(writeImage(path, raster, { format: 'png' }))).toMatchObject({ code: 'conflict' })
    expect(readFileSync(path, 'utf8')).toBe('precious')
    await writeImage(path, raster, { format: 'png', overwrite: true })
    expect((await readImage(path)).pixels).toEqual(raster.pixels)
  })

  it('of two writers at once, one wins', async () => {
    const path = fresh('png')
    const both = await Promise.allSettled([1, 2].map(() => writeImage(path, raster, { format: 'png' })))
    expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  it('the picture that was read, whatever it is called and whoever asks', async () => {
    const path = fresh('png')
    copyFileSync(fixture('rgb-8.png'), path)
    const read = await readImage(path)
    const alias = fresh('png')
    symlinkSync(path, alias)
    for (const name of [path, alias]) {
      const error = await failure(writeImage(name, read, { format: 'png', overwrite: true }))
      expect(error).toMatchObject({ code: 'conflict' })
      expect(error.message).toContain('the picture that was read')
    }
    expect(readFileSync(path)).toEqual(readFileSync(fixture('rgb-8.png')))
  })
})

describe('failures leave nothing behind', () => {
  const raster = patternRaster(8, 8, 3, 8)

  it('a folder that does not exist, a size no container holds, settings out of range', async () => {
    const nowhere = join(folder, 'no', 'such', 'a.png')
    for (const format of ['png', 'tiff16', 'avif'] as const) {
      const error = await failure(writeImage(nowhere, raster, { format }))
      expect(error).toMatchObject({ code: 'not-found' })
      expect(error.message).toContain(nowhere)
    }
    const wide = { ...patternRaster(16384, 1, 1, 8) }
    for (const format of ['webp', 'avif'] as const) {
      expect(await failure(writeImage(fresh(format), wide, { format }))).toMatchObject({ code: 'too-large' })
    }
    const bad = { format: 'jpeg' as const, quality: 101 }
    expect(await failure(writeImage(fresh('jpeg'), raster, bad))).toMatchObject({ code: 'bad-input' })
    expect(await failure(writeImage(fresh('png'), raster, { format: 'bmp' as never }))).toMatchObject({
      code: 'bad-input',
    })
  })

  it('a folder in the way, an abort', async () => {
    const inner = join(folder, 'inner')
    mkdirSync(join(inner, 'taken.png'), { recursive: true })
    const options = { format: 'png' as const, overwrite: true }
    expect((await failure(writeImage(join(inner, 'taken.png'), raster, options))).message).toContain(
      'is a folder',
    )
    const signal = AbortSignal.abort()
    for (const format of ['png', 'tiff16', 'webp'] as const) {
      const path = join(inner, `a.${format}`)
      expect(await failure(writeImage(path, raster, { format, signal }))).toMatchObject({ code: 'aborted' })
    }
    const large = patternRaster(1500, 1200, 3, 8)
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 15)
    const late = writeImage(join(inner, 'b.png'), large, { format: 'png', signal: controller.signal })
    expect(await failure(late)).toMatchObject({ code: 'aborted' })
    // an abandoned encoder may still be closing its file
    await expect.poll(() => readdirSync(inner)).toEqual(['taken.png'])
  })

  it('an encoder stopped before it opened its file leaves none either', async () => {
    const path = join(folder, 'stopped.png')
    const controller = new AbortController()
    const nothing = { icc: null, exif: null, xmp: null, densityPpi: null }
    const work = encodeTo(path, raster, 'png', nothing, { signal: controller.signal })
    controller.abort()
    expect(await failure(work)).toMatchObject({ code: 'aborted' })
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(existsSync(path)).toBe(false)
  })

  it('a full disk is named as such', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
    expect(fileError('write', 'a.png', full).message).toBe('cannot write a.png: the disk is full')
    expect(
      fileError('write', 'a.png', new Error('wbuffer_write: No space left on device')).message,
    ).toContain('full')
  })
})
