import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nextRows, type Rows } from '../../../../renderer/views/library/drawn-rows.ts'

const rows = fc.tuple(fc.nat(60), fc.nat(20)).map(([first, count]): Rows => ({ first, last: first + count }))

test('few rows are drawn at a time, none that is not wanted, and all in the end', () => {
  fc.assert(
    fc.property(rows, rows, fc.integer({ min: 1, max: 5 }), (start, wanted, most) => {
      let drawn = start
      for (let steps = 0; steps <= 20; steps++) {
        const next = nextRows(drawn, wanted, most)
        const kept = Math.max(0, Math.min(drawn.last, next.last) - Math.max(drawn.first, next.first))
        expect(next.last - next.first - kept).toBeLessThanOrEqual(most)
        expect(next.first).toBeGreaterThanOrEqual(wanted.first)
        expect(next.last).toBeLessThanOrEqual(wanted.last)
        drawn = next
      }
      if (wanted.last > wanted.first) expect(drawn).toEqual(wanted)
    }),
  )
})

test('what is drawn and wanted stays', () => {
  expect(nextRows({ first: 4, last: 14 }, { first: 9, last: 19 }, 3)).toEqual({ first: 9, last: 17 })
  expect(nextRows({ first: 9, last: 19 }, { first: 4, last: 14 }, 3)).toEqual({ first: 6, last: 14 })
  expect(nextRows({ first: 0, last: 10 }, { first: 90, last: 99 }, 3)).toEqual({ first: 90, last: 93 })
})
