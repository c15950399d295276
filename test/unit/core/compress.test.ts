import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { codeGrid } from '../../../main/code/grid.ts'
import type { CompressTarget } from '../../../main/core/codec/seek-level.ts'
import { compressRaster } from '../../../main/core/compress.ts'
import type { Effort, EngineTasks } from '../../../main/core/engine-tasks.ts'
import { Engine } from '../../../main/engine/host.ts'
import { noMetadata, type Raster } from '../../../main/imaging/raster.ts'
import { setTile } from '../../../main/imaging/tile-pixels.ts'
import { Random } from '../../../shared/random.ts'

const engine = new Engine<EngineTasks>(join(import.meta.dirname, '../../fixtures/engine/block-codec.ts'))
afterAll(() => engine.close())
const model = { folder: '', sha256: '' }

/** Noise whose strength changes over the picture, so that a few tiles do not tell all. */
function uneven(width: number, height: number): Raster {
  const random = new Random([1])
  const pixels = new Uint8Array(width * height).map((_, i) => {
    return 128 + (0.2 + (i % width) / width) * 100 * (random.uniform() - 0.5)
  })
  return { width, height, channels: 1, depth: 8, pixels, alpha: null, metadata: noMetadata }
}

const fileBytes = (lengths: readonly number[]) => 50 + lengths.reduce((sum, length) => sum + length, 0)
const compress = (source: Raster, target: CompressTarget, effort: Effort = 0, fractions: number[] = []) =>
  compressRaster(engine, model, source, {
    ...{ target, effort, fileBytes, onProgress: (fraction) => fractions.push(fraction) },
  })

test('a quality is a level, in one pass', async () => {
  const fractions: number[] = []
  const result = await compress(uneven(200, 100), { kind: 'quality', value: 1 + 99 / 7 }, 0, fractions)
  expect(result.levelQ).toBe(1024)
  expect(result.bytes).toBe(50 + result.tiles[0]!.stream.length)
  expect(fractions).toEqual([1])
})

const cases = [
  { name: 'one tile', size: [300, 200], effort: 0 },
  { name: 'other efforts than the trials', size: [300, 200], effort: 2 },
  { name: 'more tiles than are tried', size: [5200, 64], effort: 1 },
] as const

test.for(cases)('sizes and PSNRs are met: $name', async ({ size, effort }) => {
  const source = uneven(size[0], size[1])
  const pixels = size[0] * size[1]
  const fractions: number[] = []
  const small = await compress(source, { kind: 'size', value: pixels / 2 }, effort, fractions)
  expect(small.bytes).toBeLessThanOrEqual(pixels / 2)
  expect(small.bytes).toBeGreaterThan((pixels / 2) * 0.97)
  expect(fractions).toEqual([...fractions].sort((a, b) => a - b))
  expect(fractions.at(-1)).toBeLessThanOrEqual(1)
  const bpp = await compress(source, { kind: 'bpp', value: 5 }, effort)
  expect((8 * bpp.bytes) / pixels).toBeLessThanOrEqual(5)
  expect((8 * bpp.bytes) / pixels).toBeGreaterThan(4.85)
  const near = await compress(source, { kind: 'psnr', value: 33 }, effort)
  expect(near.psnrDb).toBeGreaterThanOrEqual(33)
  expect(near.psnrDb).toBeLessThan(33.3)
  expect(near.tiles).toHaveLength(codeGrid(size[0], size[1]).columns)
})

test('what was decoded last is what the result decodes to, whichever pass was the best', async () => {
  const source = uneven(48, 48)
  for (const value of [28.53, 29.45, 34.97]) {
    const decoded = { ...source, pixels: new Uint8Array(source.pixels.length) }
    const { psnrDb } = await compressRaster(engine, model, source, {
      ...{ target: { kind: 'psnr', value }, effort: 1, fileBytes },
      onDecoded: (place, image, offset) => setTile(decoded, place, image, offset),
    })
    let squares = 0
    for (const [i, pixel] of decoded.pixels.entries()) squares += (pixel - source.pixels[i]!) ** 2
    const mean = squares / source.pixels.length
    expect(10 * Math.log10(255 ** 2 / mean)).toBeCloseTo(psnrDb, 6)
  }
})

test('targets out of reach are refused with what can be reached; less than what is there gives the end of it', async () => {
  for (const [size, effort] of [
    [[64, 64], 0],
    [[5200, 64], 2],
  ] as const) {
    const source = uneven(size[0], size[1])
    await expect(compress(source, { kind: 'psnr', value: 80 }, effort)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/^the best this photo can be is [\d.]+ dB; 80 dB was asked for$/),
    })
    await expect(compress(source, { kind: 'size', value: 60 }, effort)).rejects.toThrow(/60 B was asked for/)
    const best = await compress(source, { kind: 'quality', value: 100 }, effort)
    expect(best.note).toBe(null)
    const found = await compress(source, { kind: 'size', value: 1e7 }, effort)
    expect(found).toEqual({ ...best, note: expect.stringMatching(/^smaller than asked for/) })
    const least = await compress(source, { kind: 'psnr', value: 5 }, effort)
    expect(least).toMatchObject({ levelQ: 0, note: expect.stringMatching(/^better than asked for/) })
  }
  await expect(compress(uneven(64, 64), { kind: 'quality', value: 0.5 })).rejects.toMatchObject({
    code: 'bad-input',
  })
})
