import { expect, test } from 'vitest'
import { addNoise, missingPixels } from '../../../../shared/noise/add-noise.ts'
import type { GivenParameters } from '../../../../shared/noise/model.ts'
import { plain } from '../golden.ts'

const size = { width: 320, height: 240 }
const lost = (model: string, parameters: GivenParameters, seed = 1) =>
  missingPixels(size, { model, parameters, seed })
const share = (missing: Uint8Array) => missing.reduce((sum, value) => sum + value, 0) / missing.length

test.each([
  ['holes', { coverage: 20, size: 20 }, 0.2],
  ['missing-lines', { share: 25, thickness: 1, axis: 'columns' }, 0.25],
  ['lost-blocks', { share: 20, block: '8', run: 1 }, 0.2],
  ['holes', { coverage: 0 }, 0],
])('%s %j: about the share asked for is lost', (model, parameters, expected) => {
  const shares = [1, 2, 3, 4].map((seed) => share(lost(model, parameters, seed)))
  expect(Math.abs(shares.reduce((sum, each) => sum + each) / 4 - expected)).toBeLessThan(0.04)
})

test('scratches: thin, more of them where more are asked for', () => {
  const few = share(lost('scratches', { perMegapixel: 100 }))
  const many = share(lost('scratches', { perMegapixel: 400 }))
  expect(few).toBeGreaterThan(0)
  expect(many).toBeGreaterThan(2 * few)
  expect(many).toBeLessThan(0.3)
})

test('lines are whole rows or columns; blocks lie on the grid', () => {
  const rows = lost('missing-lines', { share: 30, thickness: 3 })
  for (let y = 0; y < size.height; y++) {
    const row = rows.subarray(y * size.width, (y + 1) * size.width)
    expect(new Set(row).size).toBe(1)
    expect(row[0]).toBe(rows[(y - (y % 3)) * size.width])
  }
  const blocks = lost('lost-blocks', { share: 30, block: '16' })
  for (let i = 0; i < blocks.length; i++) {
    const [x, y] = [i % size.width, Math.floor(i / size.width)]
    expect(blocks[i]).toBe(blocks[(y - (y % 16)) * size.width + x - (x % 16)])
  }
})

test('the picture loses just those pixels, in every channel; the seed decides', () => {
  for (const model of ['holes', 'scratches', 'missing-lines', 'lost-blocks']) {
    const missing = lost(model, {}, 5)
    const damaged = addNoise(plain(320, 240, 3, 0.25), { model, parameters: { fill: 'white' }, seed: 5 })
    expect(damaged.data.every((value, i) => value === (missing[Math.floor(i / 3)] ? 1 : 0.25))).toBe(true)
    expect(lost(model, {}, 5)).toEqual(missing)
    expect(lost(model, {}, 6)).not.toEqual(missing)
  }
  expect(() => missingPixels(size, { model: 'gaussian', seed: 1 })).toThrow(
    'damage must be one of holes, scratches, missing-lines, lost-blocks, got "gaussian"',
  )
})
