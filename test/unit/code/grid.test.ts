import fc from 'fast-check'
import { expect, test } from 'vitest'
import { codeGrid, latentRect, overlap, tileInput, tileRect, tilesAt } from '../../../main/code/grid.ts'
import { gatherLatents, tilesFor } from '../../../main/core/codec/synthesise.ts'

const sizes = fc.integer({ min: 1, max: 5000 })

test('tiles cover the padded picture once, in multiples of 64, and see 64 pixels around', () => {
  fc.assert(
    fc.property(sizes, sizes, (width, height) => {
      const grid = codeGrid(width, height)
      let area = 0
      for (let tile = 0; tile < grid.rows * grid.columns; tile++) {
        const rect = tileRect(grid, tile)
        for (const side of [rect.x, rect.y, rect.width, rect.height]) expect(side % 64).toBe(0)
        expect(rect.x).toBeLessThan(width)
        expect(rect.y).toBeLessThan(height)
        expect(Math.max(rect.width, rect.height)).toBeLessThanOrEqual(1024)
        area += rect.width * rect.height
        const input = tileInput(grid, tile)
        const margins = [rect.x - input.x, input.x + input.width - rect.x - rect.width]
        expect(margins).toEqual([rect.x > 0 ? 64 : 0, rect.x + rect.width < grid.paddedWidth ? 64 : 0])
        expect(tilesAt(grid, rect)).toEqual([tile])
      }
      expect(area).toBe(grid.paddedWidth * grid.paddedHeight)
      expect(grid.paddedWidth - width).toBeLessThan(64)
    }),
    { numRuns: 100 },
  )
})

test('a region asks for the tiles it touches and those within four latents of it, no more', () => {
  const grid = codeGrid(3000, 2500) // three by three tiles
  expect(tilesFor(grid, { x: 200, y: 300, width: 500, height: 600 })).toEqual([0])
  expect(tilesFor(grid, { x: 1023 - 64, y: 300, width: 1, height: 1 })).toEqual([0])
  expect(tilesFor(grid, { x: 1024 - 64, y: 300, width: 1, height: 1 })).toEqual([0, 1])
  expect(tilesFor(grid, { x: 1024, y: 1024, width: 1, height: 1 })).toEqual([0, 1, 3, 4])
  expect(tilesFor(grid, { x: 1024 + 64, y: 1024 + 64, width: 800, height: 800 })).toEqual([4])
  expect(tilesFor(grid, tileRect(grid, 4))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
})

/** Latents whose values tell their place in the picture. */
function placed(grid: ReturnType<typeof codeGrid>, tile: number): Int16Array {
  const { x, y, width, height } = latentRect(tileRect(grid, tile))
  const values = Array.from({ length: width * height }, (_, i) => [
    x + (i % width),
    y + Math.floor(i / width),
  ])
  return Int16Array.from(values.flat())
}

test('latents are gathered over tiles, and lost ones stand in for by the nearest of the own tile', () => {
  const grid = codeGrid(2100, 1100)
  const positions = { x: 60, y: 60, width: 9, height: 8 } // over the corner of four tiles at 64, 64
  const at = (latents: Int16Array, column: number, row: number) => [
    ...latents.subarray(2 * (row * positions.width + column), 2 * (row * positions.width + column) + 2),
  ]
  const all = gatherLatents(grid, 0, positions, (tile) => placed(grid, tile))
  for (let row = 0; row < positions.height; row++) {
    for (let column = 0; column < positions.width; column++) {
      expect(at(all, column, row)).toEqual([60 + column, 60 + row])
    }
  }
  const without = gatherLatents(grid, 0, positions, (tile) => (tile === 1 ? null : placed(grid, tile)))
  expect(at(without, 8, 2)).toEqual([63, 62])
  expect(at(without, 8, 5)).toEqual([68, 65])
  expect(at(without, 1, 5)).toEqual([61, 65])
})

test('rectangles overlap, or have nothing in common', () => {
  const a = { x: 2, y: 3, width: 4, height: 5 }
  expect(overlap(a, { x: 0, y: 6, width: 3, height: 9 })).toEqual({ x: 2, y: 6, width: 1, height: 2 })
  expect(overlap(a, { x: 9, y: 0, width: 3, height: 9 }).width).toBeLessThanOrEqual(0)
})
