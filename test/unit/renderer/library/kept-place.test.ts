import { expect, test } from 'vitest'
import { placeOf, topFor } from '../../../../renderer/views/library/kept-place.ts'

const ids = Uint32Array.from({ length: 100 }, (_, i) => 100 - i)
const layout = { columns: 5, rowHeight: 100, padding: 10, height: 400 }

test('the current photo is kept where it is wholly seen, else the first one that is', () => {
  // Rows begin at 10, 110, ...; the photo 80 is the first of the fifth row.
  expect(placeOf(ids, 80, 300, layout)).toEqual({ id: 80, offset: 110 })
  expect(placeOf(ids, 80, 411, layout)).toEqual({ id: 75, offset: 99 })
  expect(placeOf(ids, null, 0, layout)).toEqual({ id: 100, offset: 10 })
  expect(placeOf(new Uint32Array(), null, 0, layout)).toBeNull()
})

test('photos that come in above do not move the one that is kept', () => {
  const place = placeOf(ids, null, 310, layout)!
  const more = Uint32Array.from({ length: 110 }, (_, i) => 110 - i)
  expect(topFor(place, more, layout)).toBe(310 + 200)
})

test('another size keeps the photo in view, at its place where there is room', () => {
  const place = placeOf(ids, 66, 510, layout)!
  expect(place).toEqual({ id: 66, offset: 100 })
  // Photo 34 of 100 lies in the twelfth row of three.
  expect(topFor(place, ids, { ...layout, columns: 3, rowHeight: 180 })).toBe(10 + 11 * 180 - 100)
  expect(topFor({ id: 66, offset: 390 }, ids, { ...layout, height: 150 })).toBe(10 + 6 * 100 - 50)
  expect(topFor({ id: 1000, offset: 0 }, ids, layout)).toBeNull()
})
