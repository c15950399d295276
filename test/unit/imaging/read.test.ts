import { chmodSync, copyFileSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { probeImage } from '../../../main/imaging/probe.ts'
import { readImage } from '../../../main/imaging/read.ts'
import { failure, fixture, temporaryFolder } from './folder.ts'
import { blockColour, patternRaster, uprightSize } from './pattern.ts'

const folder = temporaryFolder()

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let most = a.length === b.length ? 0 : Number.POSITIVE_INFINITY
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] - b[i]))
  return most
}

describe('lossless files give their exact samples', () => {
  for (const extension of ['png', 'tif']) {
    for (const depth of [8, 16] as const) {
      for (const channels of [1, 3] as const) {
        for (const hasAlpha of [false, true]) {
          const name = `${channels === 1 ? 'grey' : 'rgb'}${hasAlpha ? '-alpha' : ''}-${depth}.${extension}`
          it(name, async () => {
            const expected = patternRaster(20, 14, channels, depth, hasAlpha)
            const raster = await readImage(fixture(name))
            expect(raster).toMatchObject({ width: 20, height: 14, channels, depth })
            expect(raster.pixels).toEqual(expected.pixels)
            expect(raster.alpha).toEqual(expected.alpha)
            expect(await probeImage(fixture(name))).toMatchObject({
              width: 20,
              height: 14,
              channels,
              depth,
              hasAlpha,
            })
          })
        }
      }
    }
  }

  it('WebP, with and without alpha', async () => {
    for (const hasAlpha of [false, true]) {
      const raster = await readImage(fixture(`rgb${hasAlpha ? '-alpha' : ''}-8.webp`))
      const expected = patternRaster(20, 14, 3, 8, hasAlpha)
      expect(raster.pixels).toEqual(expected.pixels)
      expect(raster.alpha).toEqual(expected.alpha)
    }
  })

  it('a palette and the first frame of a GIF', async () => {
    for (const name of ['palette.png', 'blocks.gif', 'two-frames.gif']) {
      const raster = await readImage(fixture(name))
      expect(raster).toMatchObject({ ...uprightSize, channels: 3, depth: 8, alpha: null })
      for (const [x, y] of [
        [3, 3],
        [40, 5],
        [20, 30],
      ]) {
        const at = (y * raster.width + x) * 3
        expect([...raster.pixels.subarray(at, at + 3)]).toEqual(blockColour(x, y))
      }
    }
    expect((await readImage(fixture('two-frames.gif'))).metadata.notes).toEqual(['the first of 2 frames'])
  })
})

describe('lossy files come near', () => {
  it('JPEG, baseline and progressive, RGB and grey', async () => {
    const rgb = await readImage(fixture('rgb-8.jpg'))
    expect(largestDifference(rgb.pixels, patternRaster(20, 14, 3, 8).pixels)).toBeLessThan(160)
    expect(rgb.channels).toBe(3)
    expect((await readImage(fixture('grey-8.jpg'))).channels).toBe(1)
    expect((await readImage(fixture('progressive-8.jpg'))).width).toBe(20)
  })

  it('AVIF of 10 bits arrives with more than 8', async () => {
    const raster = await readImage(fixture('rgb-10.avif'))
    expect(raster.depth).toBe(16)
    expect(raster.pixels.some((value) => value % 257 !== 0)).toBe(true)
    // ten bits repeated into sixteen: the top bits stand again at the bottom
    expect(raster.pixels.every((value) => (value & 63) === value >>> 10)).toBe(true)
    expect((await readImage(fixture('rgb-8.avif'))).depth).toBe(8)
  })

  it('CMYK and Lab become sRGB and lose their profile', async () => {
    const lab = await readImage(fixture('lab.tif'))
    expect(lab).toMatchObject({ channels: 3, depth: 16 })
    const reference = patternRaster(20, 14, 3, 8).pixels
    expect(
      largestDifference(
        lab.pixels.map((value) => Math.round(value / 257)),
        reference,
      ),
    ).toBeLessThan(12)
    const cmyk = await readImage(fixture('cmyk-8.jpg'))
    expect(cmyk).toMatchObject({ channels: 3, depth: 8 })
    expect(cmyk.metadata.icc).toBeNull()
    expect(cmyk.metadata.notes).toEqual(['converted from CMYK to sRGB'])
  })
})

describe('orientation', () => {
  for (let orientation = 1; orientation <= 8; orientation++) {
    it(`${orientation} is turned upright`, async () => {
      const path = fixture(`orientation-${orientation}.jpg`)
      expect(await probeImage(path)).toMatchObject({ ...uprightSize, orientation })
      const raster = await readImage(path)
      expect(raster).toMatchObject(uprightSize)
      for (let y = 0; y < raster.height; y++) {
        for (let x = 0; x < raster.width; x++) {
          const at = (y * raster.width + x) * 3
          expect(largestDifference(raster.pixels.subarray(at, at + 3), blockColour(x, y))).toBeLessThan(6)
        }
      }
    })
  }
})

describe('files that are refused, by name', () => {
  const cases: [string, string, RegExp][] = [
    ['bomb.png', 'too-large', /claims 60000 x 60000 = 3600 megapixels; the limit is 900/],
    ['truncated.jpg', 'unreadable', /cut short/],
    ['truncated.png', 'unreadable', /cut short/],
    ['truncated.webp', 'unreadable', /cut short/],
    ['truncated.avif', 'unreadable', /cut short/],
    ['truncated.tif', 'unreadable', /cut short/],
    ['truncated.gif', 'unreadable', /cut short/],
    ['damaged.png', 'corrupt', /damaged/],
    ['empty.jpg', 'unreadable', /empty \(0 bytes\)/],
    ['text.jpg', 'unsupported', /is not an image that Hourglass reads \(JPEG, PNG/],
    ['vector.png', 'unsupported', /is not an image that Hourglass reads/],
    ['float.tif', 'unsupported', /3 channels of float/],
    ['none.jpg', 'not-found', /does not exist/],
    ['', 'unreadable', /is a folder/],
    ['text.jpg/below.jpg', 'not-found', /does not exist/],
  ]
  for (const [name, code, words] of cases) {
    it(`${name || 'a folder'}: ${code}`, async () => {
      const error = await failure(readImage(fixture(name)))
      expect(error.code).toBe(code)
      expect(error.message).toMatch(words)
      expect(error.message).toContain(fixture(name))
    })
  }

  it('links in a circle and limits given by the caller', async () => {
    const loop = join(folder, 'loop.jpg')
    symlinkSync(loop, loop)
    expect(await failure(readImage(loop))).toMatchObject({ code: 'unreadable' })
    expect(await failure(readImage(fixture('rgb-8.png'), { limitPixels: 279 }))).toMatchObject({
      code: 'too-large',
    })
    expect((await readImage(fixture('rgb-8.png'), { limitPixels: 280 })).width).toBe(20)
  })

  it.skipIf(process.platform === 'win32')('a file without permission', async () => {
    const path = join(folder, 'secret.png')
    copyFileSync(fixture('rgb-8.png'), path)
    chmodSync(folder, 0o755)
    chmodSync(path, 0)
    // root may read everything: become nobody for the attempt
    const isRoot = process.getuid?.() === 0
    if (isRoot) process.seteuid?.(65534)
    const error = await failure(readImage(path)).finally(() => isRoot && process.seteuid?.(0))
    expect(error).toEqual({ code: 'unreadable', message: `cannot read ${path}: permission denied` })
  })

  it('a pipe or a device is no regular file', async () => {
    if (process.platform === 'win32') return
    expect(await failure(readImage('/dev/null'))).toMatchObject({ code: 'unreadable' })
  })

  it('an aborted reading', async () => {
    const signal = AbortSignal.abort()
    expect(await failure(readImage(fixture('rgb-8.png'), { signal }))).toMatchObject({ code: 'aborted' })
  })
})

it('goes by content where the name is wrong, and says so', async () => {
  const raster = await readImage(fixture('png-named.jpg'))
  expect(raster.metadata.format).toBe('png')
  expect(raster.metadata.notes).toEqual(['named like jpeg, but is png'])
  expect(raster.pixels).toEqual(patternRaster(20, 14, 3, 8).pixels)
  expect(raster.metadata.sourcePath).toMatch(/png-named\.jpg$/)
})

it('reads names that look like patterns or options', async () => {
  mkdirSync(join(folder, '-x [1]'))
  const path = join(folder, '-x [1]', 'ä %s[n=2].png')
  linkSync(fixture('rgb-8.png'), path)
  expect((await readImage(path)).width).toBe(20)
  writeFileSync(join(folder, 'short.png'), Buffer.from('\x89PNG', 'latin1'))
  expect(await failure(readImage(join(folder, 'short.png')))).toMatchObject({ code: 'unsupported' })
})
