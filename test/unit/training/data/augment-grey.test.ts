import { expect, test } from 'vitest'
import {
  augmentGrey,
  checkAugmentation,
  type GreyAugmentation,
} from '../../../../main/training/data/augment-grey.ts'
import { Random } from '../../../../shared/random.ts'

const side = 21
const none: GreyAugmentation = { degrees: 0, scale: 0, shift: 0 }

/** A soft spot at a distance from the centre, to the right and down. */
function spot(right: number, down: number): Uint8Array {
  const middle = (side - 1) / 2
  return Uint8Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [(i % side) - middle - right, Math.floor(i / side) - middle - down]
    return 250 * Math.exp(-(x * x + y * y) / 4)
  })
}

/** Where the mass of an image lies relative to its centre. */
function centre(image: Float32Array) {
  let [sum, right, down] = [0, 0, 0]
  for (const [i, value] of image.entries()) {
    sum += value
    right += value * ((i % side) - (side - 1) / 2)
    down += value * (Math.floor(i / side) - (side - 1) / 2)
  }
  return { right: right / sum, down: down / sum, sum }
}

function augmented(source: Uint8Array, amounts: Partial<GreyAugmentation>, seed: number) {
  const target = new Float32Array(side * side)
  augmentGrey(source, side, side, { ...none, ...amounts }, new Random(seed), target)
  return target
}

const seeds = Array.from({ length: 300 }, (_, seed) => seed)
const range = (values: number[]) => [Math.min(...values), Math.max(...values)]

test('amounts of 0 give the image in [0, 1]', () => {
  const source = Uint8Array.from({ length: side * side }, (_, i) => (i * 13) % 256)
  expect(augmented(source, {}, 1)).toEqual(Float32Array.from(source, (value) => value / 255))
})

test('turning keeps the distance from the centre and reaches both ends of its range', () => {
  const angles = seeds.map((seed) => {
    const { right, down } = centre(augmented(spot(6, 0), { degrees: 12 }, seed))
    expect(Math.hypot(right, down)).toBeCloseTo(6, 1)
    return (Math.atan2(down, right) * 180) / Math.PI
  })
  const [least, most] = range(angles)
  expect(least).toBeGreaterThan(-12.3)
  expect(least).toBeLessThan(-11)
  expect(most).toBeLessThan(12.3)
  expect(most).toBeGreaterThan(11)
})

test('scaling moves what is off the centre in proportion', () => {
  const [least, most] = range(seeds.map((seed) => centre(augmented(spot(5, 0), { scale: 0.1 }, seed)).right))
  expect(least).toBeCloseTo(4.5, 1)
  expect(most).toBeCloseTo(5.5, 1)
})

test('shifting moves along both axes, by fractions of a pixel, too', () => {
  const centres = seeds.map((seed) => centre(augmented(spot(0, 0), { shift: 2 }, seed)))
  for (const axis of ['right', 'down'] as const) {
    const [least, most] = range(centres.map((place) => place[axis]))
    expect(least).toBeCloseTo(-2, 1)
    expect(most).toBeCloseTo(2, 1)
  }
  expect(Math.abs(centres[0].right - centres[0].down)).toBeGreaterThan(0.01)
  for (const { sum } of centres) expect(sum).toBeCloseTo(centre(augmented(spot(0, 0), {}, 0)).sum, 0)
})

test('what comes from beyond the edge is black, what is at the edge fades out', () => {
  const white = new Uint8Array(side * side).fill(255)
  for (const seed of seeds.slice(0, 20)) {
    const random = new Random(seed)
    random.uniform()
    random.uniform()
    const shift = random.between(-2, 2)
    const shifted = augmented(white, { shift: 2 }, seed)
    const row = shifted.subarray(10 * side, 11 * side)
    const edge = shift > 0 ? [row[0], row[1], row[2]] : [row[side - 1], row[side - 2], row[side - 3]]
    const expected = [0, 1, 2].map((place) => Math.min(1, Math.max(0, 1 + place - Math.abs(shift))))
    for (const place of [0, 1, 2]) expect(edge[place]).toBeCloseTo(expected[place], 5)
  }
})

test('amounts out of range are refused', () => {
  expect(() => checkAugmentation({ ...none, scale: 1 })).toThrow(
    /scale of at least 0 and below 1, got 0, 0 and 1/,
  )
  expect(() => checkAugmentation({ ...none, degrees: -1 })).toThrow(/augmentation/)
  expect(() => checkAugmentation({ ...none, shift: Number.NaN })).toThrow(/augmentation/)
})
