import { expect, test } from 'vitest'
import { turnCrop } from '../../../../main/training/data/turn-crop.ts'

// numpy: np.rot90(np.arange(4).reshape(2, 2), turns), then [:, ::-1] when mirrored
test.each([
  [0, false, [0, 1, 2, 3]],
  [1, false, [1, 3, 0, 2]],
  [2, false, [3, 2, 1, 0]],
  [3, false, [2, 0, 3, 1]],
  [0, true, [1, 0, 3, 2]],
  [1, true, [3, 1, 2, 0]],
  [2, true, [2, 3, 0, 1]],
  [3, true, [0, 2, 1, 3]],
])('%i quarter turns, mirrored: %s', (turns, mirrored, expected) => {
  const source = Uint8Array.from({ length: 12 }, (_, i) => 10 * Math.floor(i / 3) + (i % 3))
  const target = new Uint8Array(12)
  turnCrop(source, 2, turns, mirrored, target)
  expect([...target]).toEqual(expected.flatMap((pixel) => [10 * pixel, 10 * pixel + 1, 10 * pixel + 2]))
})
