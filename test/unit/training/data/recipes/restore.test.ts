import { expect, test } from 'vitest'
import { restore } from '../../../../../main/training/data/recipes/restore.ts'
import { Random } from '../../../../../shared/random.ts'

const [count, side] = [8, 64]
const pixels = Uint8Array.from({ length: count * side * side * 3 }, (_, i) => (i * 7919) % 251)
const crops = { count, side, pixels, random: (index: number) => new Random([3, index]) }

test('lost pixels are marked and filled, the others are as they were; the seed decides', () => {
  const { clean, filled, missing } = restore.make(crops, restore.defaults)
  expect(missing).toHaveLength(count * side * side)
  let changed = 0
  for (let i = 0; i < clean.length; i++) {
    expect(clean[i]).toBeCloseTo(pixels[i]! / 255, 6)
    if (missing[Math.floor(i / 3)]) changed += filled[i] === clean[i] ? 0 : 1
    else expect(filled[i]).toBe(clean[i])
  }
  const lost = missing.reduce((sum, value) => sum + value, 0)
  expect(changed).toBeGreaterThan(2.5 * lost)
  expect(lost / missing.length).toBeGreaterThan(0.05)
  expect(restore.make(crops, restore.defaults).missing).toEqual(missing)
})

test('only the damages asked for; unknown ones are refused by name', () => {
  const { missing } = restore.make(crops, { damages: ['missing-lines'] })
  const size = side * side
  for (let index = 0; index < count; index++) {
    const mask = missing.subarray(index * size, (index + 1) * size)
    const rows = Array.from(
      { length: side },
      (_, y) => new Set(mask.subarray(y * side, (y + 1) * side)).size === 1,
    )
    const first = mask.subarray(0, side)
    expect(rows.every((isWhole) => isWhole) || mask.every((value, i) => value === first[i % side])).toBe(true)
  }
  expect(() => restore.check({ damages: ['fire'] })).toThrow(/expected some of holes, .*, got fire/)
})
