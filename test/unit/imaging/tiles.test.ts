import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eachTile } from '../../../main/imaging/each-tile.ts'
import { blankLike, type Raster } from '../../../main/imaging/raster.ts'
import { rasterTile, replicatedTile, setTile } from '../../../main/imaging/tile-pixels.ts'
import { tilePlan } from '../../../main/imaging/tiles.ts'
import type { FloatImage } from '../../../shared/image.ts'
import { failure } from './folder.ts'
import { patternRaster } from './pattern.ts'

const whole = (raster: Raster) => ({ x: 0, y: 0, width: raster.width, height: raster.height })
const identity = async (image: FloatImage) => image

/** Mean over (2 radius + 1)^2 pixels, the edge repeated. */
function boxBlur({ width, height, channels, data }: FloatImage, radius: number): FloatImage {
  const out = new Float32Array(data.length)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) {
        let sum = 0
        for (let dy = -radius; dy <= radius; dy++) {
          for (let dx = -radius; dx <= radius; dx++) {
            const yy = Math.min(height - 1, Math.max(0, y + dy))
            const xx = Math.min(width - 1, Math.max(0, x + dx))
            sum += data[(yy * width + xx) * channels + c]
          }
        }
        out[(y * width + x) * channels + c] = sum / (2 * radius + 1) ** 2
      }
    }
  }
  return { width, height, channels, data: out }
}

describe('tilePlan', () => {
  it('cores cover each pixel once; inputs add the halo, are of one size, lie inside and start aligned', () => {
    const sizes = {
      width: fc.integer({ min: 1, max: 200 }),
      height: fc.integer({ min: 1, max: 200 }),
      multiple: fc.constantFrom(1, 2, 8, 16),
      cores: fc.integer({ min: 1, max: 8 }),
      rest: fc.integer({ min: 0, max: 7 }),
      halo: fc.integer({ min: 0, max: 40 }),
    }
    fc.assert(
      fc.property(fc.record(sizes), ({ width, height, multiple, cores, rest, halo }) => {
        const core = cores * multiple + Math.min(rest, multiple - 1)
        const plan = tilePlan(width, height, { core, halo, multiple })
        const seen = new Uint8Array(width * height)
        const { input: first } = plan.rows[0][0]
        const margin = Math.ceil(halo / multiple) * multiple
        const longest = (atStart: boolean, atEnd: boolean) =>
          core + (atStart ? margin : 0) + (atEnd ? margin + multiple - 1 : 0)
        for (const { core: own, input } of plan.rows.flat()) {
          // one expect a tile: a property makes thousands
          const facts = {
            narrow: own.width <= longest(own.x === 0, own.x + own.width === width),
            low: own.height <= longest(own.y === 0, own.y + own.height === height),
            small: Math.max(input.width, input.height) < core + 2 * margin + multiple,
            alike: input.width === first.width && input.height === first.height,
            aligned: [own.x, own.y, input.x, input.y].every((start) => start % multiple === 0),
            left: input.x >= 0 && input.x <= Math.max(0, own.x - halo),
            top: input.y >= 0 && input.y <= Math.max(0, own.y - halo),
            right: input.x + input.width >= Math.min(width, own.x + own.width + halo),
            bottom: input.y + input.height >= Math.min(height, own.y + own.height + halo),
            inside: input.x + input.width <= width && input.y + input.height <= height,
          }
          if (!Object.values(facts).every(Boolean)) expect.fail(JSON.stringify({ facts, own, input }))
          for (let y = own.y; y < own.y + own.height; y++) {
            for (let x = own.x; x < own.x + own.width; x++) seen[y * width + x]++
          }
        }
        expect(seen.every((times) => times === 1)).toBe(true)
        expect(plan.tileCount).toBe(plan.rows.flat().length)
      }),
      { numRuns: 60 },
    )
  })

  it('leaves no sliver, and refuses sizes out of range', () => {
    const [row] = tilePlan(552, 100, { core: 512, halo: 16 }).rows
    expect(row.map((tile) => tile.core.width)).toEqual([272, 280])
    for (const [width, core, halo] of [
      [0, 64, 8],
      [100, 7, 8],
      [100, 64, -1],
      [100.5, 64, 8],
    ]) {
      expect(() => tilePlan(width, 100, { core, halo })).toThrow(/expected a whole number of at least/)
    }
  })
})

describe('rasterTile and setTile', () => {
  it('every 8- and 16-bit value survives the way through float', () => {
    for (const depth of [8, 16] as const) {
      const raster = { ...patternRaster(256, 256, 1, depth) }
      for (let i = 0; i < 65536; i++) raster.pixels[i] = depth === 8 ? i & 255 : i
      const target = blankLike(raster)
      setTile(target, whole(raster), rasterTile(raster, whole(raster)))
      expect(target.pixels).toEqual(raster.pixels)
      const rgb = rasterTile(raster, whole(raster), { asRgb: true })
      expect(rgb.channels).toBe(3)
      target.pixels.fill(0)
      setTile(target, whole(raster), rgb)
      expect(target.pixels).toEqual(raster.pixels)
    }
  })

  it('clips, rounds to the nearest, and stores what is no number as 0', () => {
    const raster = blankLike(patternRaster(6, 1, 1, 8))
    const data = Float32Array.of(-0.5, 0.4999 / 255, 0.5001 / 255, 1.5, Number.NaN, 254.4 / 255)
    setTile(raster, whole(raster), { width: 6, height: 1, channels: 1, data })
    expect([...raster.pixels]).toEqual([0, 0, 1, 255, 0, 254])
  })

  it('refuses what does not fit', () => {
    const raster = patternRaster(8, 8, 3, 8)
    expect(() => rasterTile(raster, { x: 4, y: 0, width: 5, height: 1 })).toThrow(/lies outside/)
    const small = rasterTile(raster, { x: 0, y: 0, width: 4, height: 4 })
    expect(() => setTile(raster, { x: 0, y: 0, width: 4, height: 4 }, small, { x: 1, y: 0 })).toThrow(
      /covers/,
    )
  })
})

describe('eachTile', () => {
  for (const depth of [8, 16] as const) {
    for (const inPlace of [false, true]) {
      for (const concurrency of [1, 2]) {
        it(`tiled equals whole: ${depth} bits${inPlace ? ', in place' : ''}, ${concurrency} at a time`, async () => {
          const source = patternRaster(117, 91, 3, depth, true)
          const plan = tilePlan(117, 91, { core: 24, halo: 3, multiple: 8 })
          const expected = blankLike(source)
          setTile(expected, whole(source), boxBlur(rasterTile(source, whole(source)), 3))
          const target = inPlace ? source : blankLike(source)
          await eachTile(source, target, plan, async (image) => boxBlur(image, 3), { concurrency })
          expect(target.pixels).toEqual(expected.pixels)
          expect(target.alpha).toEqual(source.alpha)
        })
      }
    }
  }

  it('identity gives the source, for any size and halo', async () => {
    const size = fc.integer({ min: 1, max: 70 })
    const sizes = fc.tuple(
      size,
      size,
      fc.constantFrom(8, 16, 40),
      fc.integer({ min: 0, max: 60 }),
      fc.boolean(),
    )
    await fc.assert(
      fc.asyncProperty(sizes, async ([width, height, core, halo, grey]) => {
        const source = patternRaster(width, height, grey ? 1 : 3, 16)
        const before = source.pixels.slice()
        const plan = tilePlan(width, height, { core, halo })
        const target = blankLike(source)
        await eachTile(source, target, plan, identity, { asRgb: true })
        await eachTile(source, source, plan, identity, { concurrency: 2 })
        expect(target.pixels).toEqual(before)
        expect(source.pixels).toEqual(before)
      }),
      { numRuns: 40 },
    )
  })

  it('an 8-bit source into a 16-bit target keeps what lies between', async () => {
    const source = patternRaster(20, 20, 3, 8)
    const target = blankLike(source, 16)
    const halve = async (image: FloatImage) => ({ ...image, data: image.data.map((value) => value / 2) })
    await eachTile(source, target, tilePlan(20, 20, { core: 16, halo: 8 }), halve)
    expect([...target.pixels]).toEqual([...source.pixels].map((value) => Math.round((value * 257) / 2)))
  })

  it('reports progress, stops at once on abort, and ends what it began after a failure', async () => {
    const source = patternRaster(64, 64, 3, 8)
    const plan = tilePlan(64, 64, { core: 16, halo: 0 })
    const progress: number[] = []
    await eachTile(source, blankLike(source), plan, identity, {
      onProgress: ({ tiles }) => progress.push(tiles),
    })
    expect(progress).toEqual(Array.from({ length: 16 }, (_, i) => i + 1))

    const controller = new AbortController()
    let calls = 0
    const hang = (image: FloatImage) => {
      if (++calls === 3) controller.abort()
      return calls < 3 ? identity(image) : new Promise<FloatImage>(() => {})
    }
    const { signal } = controller
    expect(await failure(eachTile(source, blankLike(source), plan, hang, { signal }))).toMatchObject({
      code: 'aborted',
    })
    expect(calls).toBe(3)
    const later = AbortSignal.timeout(20)
    const never = () => new Promise<FloatImage>(() => {})
    expect(await failure(eachTile(source, blankLike(source), plan, never, { signal: later }))).toMatchObject({
      code: 'aborted',
    })

    let started = 0
    let running = 0
    const fail = async (image: FloatImage) => {
      const mine = ++started
      running++
      await new Promise((resolve) => setTimeout(resolve, mine === 1 ? 1 : 20))
      if (mine === 1) throw new Error('broken')
      running--
      return image
    }
    await expect(eachTile(source, blankLike(source), plan, fail, { concurrency: 2 })).rejects.toThrow(
      'broken',
    )
    // the first never ended well, the second did, and no third began
    expect([started, running]).toEqual([2, 1])
  })

  it('refuses a plan, a target or an answer of another size', async () => {
    const source = patternRaster(20, 20, 3, 8)
    const plan = tilePlan(20, 20, { core: 16, halo: 0 })
    const other = patternRaster(20, 21, 3, 8)
    await expect(eachTile(source, other, plan, identity)).rejects.toThrow(/target does not fit/)
    await expect(eachTile(other, other, plan, identity)).rejects.toThrow(/plan does not fit/)
    const smaller = async () => rasterTile(source, { x: 0, y: 0, width: 8, height: 8 })
    await expect(eachTile(source, blankLike(source), plan, smaller)).rejects.toThrow(
      /expected 16 x 16|expected/,
    )
  })
})

describe('replicatedTile', () => {
  it('repeats the last column and row beyond the edge, grey as three channels', () => {
    for (const channels of [1, 3] as const) {
      const raster = patternRaster(10, 7, channels, 16)
      const rect = { x: 4, y: 2, width: 9, height: 8 }
      const tile = replicatedTile(raster, rect)
      expect(tile).toMatchObject({ width: 9, height: 8, channels: 3 })
      for (let y = 0; y < 8; y++) {
        for (let x = 0; x < 9; x++) {
          const from = Math.min(6, 2 + y) * 10 + Math.min(9, 4 + x)
          for (let c = 0; c < 3; c++) {
            const value = raster.pixels[from * channels + (channels === 3 ? c : 0)]! / 65535
            expect(tile.data[3 * (y * 9 + x) + c]).toBeCloseTo(value, 6)
          }
        }
      }
    }
  })
})
