import { describe, expect, it } from 'vitest'
import { Growth } from '../../../renderer/draw/library-picture.ts'

describe('Growth', () => {
  const cell = { x: 500, y: 0, width: 200, height: 100 }

  it('covers a region once the parts that touch it cover it all', () => {
    const growth = new Growth()
    growth.add({ x: 0, y: 0, width: 640, height: 640 })
    expect(growth.covers(cell)).toBe(false)
    growth.add({ x: 640, y: 0, width: 640, height: 640 })
    expect(growth.covers(cell)).toBe(true)
    expect(growth.covers({ ...cell, y: 600 })).toBe(false)
  })

  it('covers everything once whole', () => {
    const growth = new Growth()
    growth.isWhole = true
    expect(growth.covers(cell)).toBe(true)
  })
})
