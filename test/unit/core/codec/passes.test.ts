import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { codeGrid, latentRect, tileRect } from '../../../../main/code/grid.ts'
import { decodePass } from '../../../../main/core/codec/decode-pass.ts'
import type { TileSource } from '../../../../main/core/codec/decoded-tiles.ts'
import { type EncodePass, encodePass } from '../../../../main/core/codec/encode-pass.ts'
import { gatherLatents } from '../../../../main/core/codec/synthesise.ts'
import type { EngineTasks } from '../../../../main/core/engine-tasks.ts'
import { Engine } from '../../../../main/engine/host.ts'
import { newSamples, noMetadata, type Raster } from '../../../../main/imaging/raster.ts'
import { setTile } from '../../../../main/imaging/tile-pixels.ts'
import type { Rect } from '../../../../main/imaging/tiles.ts'
import { AppError } from '../../../../shared/errors.ts'

const engine = new Engine<EngineTasks>(join(import.meta.dirname, '../../../fixtures/engine/block-codec.ts'))
afterAll(() => engine.close())
const model = { folder: '', sha256: '' }

/** Slopes and waves: a picture whose parts all differ. */
function picture(width: number, height: number, channels: 1 | 3, depth: 8 | 16): Raster {
  const pixels = newSamples(width * height * channels, depth)
  const peak = depth === 8 ? 255 : 65535
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) {
        const value = 0.5 + 0.2 * Math.sin(x / 37 + c) + 0.2 * Math.cos(y / 23 - c) + 0.1 * Math.sin(x * y)
        pixels[(y * width + x) * channels + c] = Math.round(value * peak)
      }
    }
  }
  return { width, height, channels, depth, pixels, alpha: null, metadata: noMetadata }
}

interface Decoded {
  readonly pixels: Raster['pixels']
  readonly read: number[]
  readonly damaged: readonly { tile: number; reason: string }[]
}

async function decode(
  source: Raster,
  pass: EncodePass,
  region: Rect,
  lost: readonly number[] = [],
): Promise<Decoded> {
  const { width, height, channels, depth } = source
  const read: number[] = []
  const tiles: TileSource = {
    async read(tile) {
      read.push(tile)
      if (lost.includes(tile)) throw new AppError('corrupt', 'lost')
      return pass.tiles[tile]!
    },
  }
  const pixels = newSamples(region.width * region.height * channels, depth)
  const target = { width: region.width, height: region.height, channels, pixels }
  const options = { engine, model, levelQ: pass.levelQ, grid: codeGrid(width, height), region }
  const damaged = await decodePass(tiles, options, (place, image, offset) => {
    setTile(target, { ...place, x: place.x - region.x, y: place.y - region.y }, image, offset)
  })
  return { pixels, read: read.sort((a, b) => a - b), damaged }
}

function encode(source: Raster, levelQ = 5000): Promise<EncodePass> {
  const grid = codeGrid(source.width, source.height)
  return encodePass(source, { engine, model, levelQ, grid, effort: 0 })
}

const whole = ({ width, height }: Raster): Rect => ({ x: 0, y: 0, width, height })

/** Each row of a region, from the samples of a larger region. */
function cut(pixels: Raster['pixels'], width: number, channels: number, { x, y, ...size }: Rect) {
  const rows = Array.from({ length: size.height }, (_, row) => {
    const start = ((y + row) * width + x) * channels
    return [...pixels.subarray(start, start + size.width * channels)]
  })
  return rows.flat()
}

/** How many samples differ. */
function differing(a: Raster['pixels'], b: readonly number[]): number {
  expect(a).toHaveLength(b.length)
  return b.reduce((count, value, i) => count + (value === a[i] ? 0 : 1), 0)
}

test.for([
  { channels: 3, depth: 8, size: [1100, 70] },
  { channels: 1, depth: 16, size: [61, 1030] },
  { channels: 3, depth: 16, size: [1, 1] },
] as const)('the PSNR told is that of the decoded pixels: %o', async ({ channels, depth, size }) => {
  const source = picture(size[0], size[1], channels, depth)
  const pass = await encode(source)
  const { pixels, damaged } = await decode(source, pass, whole(source))
  let sum = 0
  for (const [i, value] of pixels.entries()) sum += (value - source.pixels[i]!) ** 2
  const peak = depth === 8 ? 255 : 65535
  expect(damaged).toEqual([])
  expect(pass.psnrDb).toBeGreaterThan(20)
  expect(pass.psnrDb).toBeCloseTo(10 * Math.log10((peak ** 2 * pixels.length) / sum), 9)
})

test('tiles decode without seams, and a region gives the same pixels from no more tiles than it needs', async () => {
  const source = picture(1200, 1150, 1, 8)
  const pass = await encode(source)
  expect(pass.tiles).toHaveLength(4)
  const all = await decode(source, pass, whole(source))
  expect(all.read).toEqual([0, 1, 2, 3])
  // What one synthesis of everything at once gives.
  const grid = codeGrid(source.width, source.height)
  const [rows, columns] = [grid.paddedHeight / 16, grid.paddedWidth / 16]
  const wide = { ...source, width: grid.paddedWidth, height: grid.paddedHeight }
  const latents = await latentsOfAll(pass, source, rows, columns)
  const data = await engine.call('synthesiseTile', { model, levelQ: pass.levelQ, rows, columns, latents })
  const seamless = newSamples(wide.width * wide.height, 8)
  setTile(
    { ...wide, pixels: seamless },
    { x: 0, y: 0, width: wide.width, height: wide.height },
    {
      ...{ width: wide.width, height: wide.height, channels: 3, data },
    },
  )
  expect(differing(all.pixels, cut(seamless, wide.width, 1, whole(source)))).toBe(0)

  const places: [Rect, number[]][] = [
    [{ x: 100, y: 200, width: 333, height: 77 }, [0]],
    [{ x: 1000, y: 300, width: 20, height: 20 }, [0, 1]],
    [{ x: 1100, y: 1000, width: 40, height: 150 }, [1, 3]],
  ]
  for (const [region, tiles] of places) {
    const part = await decode(source, pass, region)
    expect(part.read).toEqual(tiles)
    expect(differing(part.pixels, cut(all.pixels, source.width, 1, region))).toBe(0)
  }
})

async function latentsOfAll(
  pass: EncodePass,
  source: Raster,
  rows: number,
  columns: number,
): Promise<Int16Array> {
  const grid = codeGrid(source.width, source.height)
  const decoded = await Promise.all(
    pass.tiles.map(({ stream }, tile) => {
      const { width, height } = latentRect(tileRect(grid, tile))
      return engine.call('decodeTile', { model, levelQ: pass.levelQ, rows: height, columns: width, stream })
    }),
  )
  const everything = { x: 0, y: 0, width: columns, height: rows }
  return gatherLatents(grid, 0, everything, (tile) => decoded[tile]!.latents)
}

test('a damaged tile becomes a checker and is named; beyond its rim nothing changes', async () => {
  const source = picture(2200, 300, 3, 8)
  const pass = await encode(source)
  const [sound, hurt] = [
    await decode(source, pass, whole(source)),
    await decode(source, pass, whole(source), [1]),
  ]
  expect(hurt.damaged).toEqual([{ tile: 1, reason: 'lost' }])
  const differs = (x: number, y: number) => {
    const at = (y * source.width + x) * 3
    return [0, 1, 2].some((c) => sound.pixels[at + c] !== hurt.pixels[at + c])
  }
  for (let y = 0; y < source.height; y += 7) {
    for (let x = 0; x < 1024 - 64; x += 5) expect(differs(x, y)).toBe(false)
    for (let x = 2048 + 64; x < source.width; x += 5) expect(differs(x, y)).toBe(false)
  }
  const greys = new Set(cut(hurt.pixels, source.width, 3, { x: 1024, y: 0, width: 1024, height: 300 }))
  expect([...greys].sort()).toEqual([166, 89])
})

test('damage that only the symbols show is found; what is no damage is thrown', async () => {
  const source = picture(100, 80, 3, 8)
  const pass = await encode(source)
  const wrong = {
    ...pass,
    tiles: pass.tiles.map((tile) => ({ ...tile, symbolsCrc32: tile.symbolsCrc32 ^ 1 })),
  }
  await expect(decode(source, wrong, whole(source))).rejects.toMatchObject({
    code: 'corrupt',
    message: expect.stringMatching(/its one tile cannot .*checksum/),
  })
  const garbled = { ...pass, tiles: [{ ...pass.tiles[0]!, stream: pass.tiles[0]!.stream.subarray(5) }] }
  await expect(decode(source, garbled, whole(source))).rejects.toThrow(/its one tile cannot .*inflate/)
  const unreadable: TileSource = { read: () => Promise.reject(new AppError('unreadable', 'gone')) }
  const options = {
    engine,
    model,
    levelQ: 0,
    grid: codeGrid(9, 9),
    region: { x: 0, y: 0, width: 9, height: 9 },
  }
  await expect(decodePass(unreadable, options, () => {})).rejects.toMatchObject({ code: 'unreadable' })
})
