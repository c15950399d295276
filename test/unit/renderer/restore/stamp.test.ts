import { expect, test } from 'vitest'
import { stamp } from '../../../../renderer/views/restore/stamp.ts'

const drawn = (pixels: Uint8Array, width: number) =>
  Array.from({ length: pixels.length / width }, (_, y) =>
    [...pixels.subarray(y * width, (y + 1) * width)].join(''),
  )

test('a brush marks what lies within its radius of its way, and no further than the picture', () => {
  const pixels = new Uint8Array(7 * 5)
  stamp(pixels, 7, 5, { x: 1.5, y: 2.5 }, { x: 4.5, y: 2.5 }, 1, 1)
  expect(drawn(pixels, 7)).toEqual(['0000000', '0111100', '1111110', '0111100', '0000000'])
  stamp(pixels, 7, 5, { x: 6, y: -3 }, { x: 6, y: 9 }, 0.6, 1)
  expect(drawn(pixels, 7)).toEqual(['0000011', '0111111', '1111111', '0111111', '0000011'])
})

test('an eraser takes away, and a point is a disc', () => {
  const pixels = new Uint8Array(25).fill(1)
  stamp(pixels, 5, 5, { x: 2.5, y: 2.5 }, { x: 2.5, y: 2.5 }, 1.2, 0)
  expect(drawn(pixels, 5)).toEqual(['11111', '11011', '10001', '11011', '11111'])
})
