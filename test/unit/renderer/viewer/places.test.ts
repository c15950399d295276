import { describe, expect, it } from 'vitest'
import type { Layer } from '../../../../renderer/draw/layer.ts'
import { panes, place } from '../../../../renderer/viewer/places.ts'

const size = { width: 1200, height: 800 }
const layer = { kind: 'picture' } as Layer

describe('panes', () => {
  it('lays two beside each other and four in a square, all of one size within the canvas', () => {
    for (const count of [2, 3, 4]) {
      const boxes = panes(size, count, 'grid')
      expect(boxes).toHaveLength(count)
      for (const { x, y, width, height } of boxes) {
        expect([width, height]).toEqual([boxes[0].width, boxes[0].height])
        expect(x + width).toBeLessThanOrEqual(1200)
        expect(y + height).toBeLessThanOrEqual(800)
      }
    }
    expect(panes(size, 4, 'grid').map(({ x, y }) => [x > 0, y > 0])).toEqual([
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ])
  })

  it('lays four of equal sides in a square, where a row of three and one below would not be larger', () => {
    expect(panes({ width: 1070, height: 673 }, 4, 'grid', 1.05)[1].width).toBe(534)
  })

  it('lays three wide pictures in a square rather than a row, and tall ones in a row', () => {
    expect(panes(size, 3, 'grid', 1.5)[1].width).toBe(599)
    expect(panes(size, 3, 'grid', 0.5)[1].width).toBe(398)
  })

  it('stacks what is compared over each other for a split, and has a pane where nothing is shown yet', () => {
    expect(panes(size, 2, 'split')).toEqual([
      { x: 0, y: 0, ...size },
      { x: 0, y: 0, ...size },
    ])
    expect(panes(size, 0, 'grid')).toHaveLength(1)
  })
})

describe('place', () => {
  it('cuts a split at its share of the width, without a gap or an overlap', () => {
    const [before, after] = place([layer, layer], panes(size, 2, 'split'), 'split', 0.25)
    expect(before.clip).toEqual({ x: 0, y: 0, width: 300, height: 800 })
    expect(after.clip).toEqual({ x: 300, y: 0, width: 900, height: 800 })
    expect(after.box).toEqual(before.box)
  })
})
