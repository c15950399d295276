import { expect, test } from 'vitest'
import { createCropPlan } from '../../../../main/training/data/crop-plan.ts'
import type { TrainingPhoto } from '../../../../main/training/data/photo-views.ts'

const sizes = [
  [100, 400],
  [400, 900],
  [64, 64],
]
const photos: TrainingPhoto[] = sizes.map(([width, height], id) => ({
  path: `${id}.jpg`,
  views: [{ id, width, height }],
}))
const settings = { seed: 7, batch: 16, crop: 64, poolBytes: 2 ** 31, cropsPerTurn: 32 }
const none = new Set<number>()

test('a photo is drawn in proportion to the root of its pixels, and every place, turn and mirroring occurs', () => {
  const plan = createCropPlan(photos, settings)
  const choices = Array.from({ length: 1000 }, (_, step) => plan(step, none)).flat()
  // roots: 200, 600, 64
  for (const [photo, root] of [200, 600, 64].entries()) {
    const share = choices.filter((choice) => choice.photo === photo).length / choices.length
    expect(Math.abs(share - root / 864)).toBeLessThan(0.02)
  }
  const second = choices.filter((choice) => choice.photo === 1)
  const range = (values: number[]) => [Math.min(...values), Math.max(...values)]
  expect(range(second.map((choice) => choice.x))).toEqual([0, 400 - 64])
  expect(range(second.map((choice) => choice.y))).toEqual([0, 900 - 64])
  for (const turns of [0, 1, 2, 3]) {
    const share = choices.filter((choice) => choice.turns === turns).length / choices.length
    expect(Math.abs(share - 0.25)).toBeLessThan(0.02)
  }
  expect(Math.abs(choices.filter((choice) => choice.mirrored).length / choices.length - 0.5)).toBeLessThan(
    0.02,
  )
})

test('a step’s crops do not depend on the steps before, and differ by seed and step', () => {
  const plan = createCropPlan(photos, settings)
  for (let step = 0; step < 50; step++) plan(step, none)
  expect(createCropPlan(photos, settings)(50, none)).toEqual(plan(50, none))
  expect(plan(51, none)).not.toEqual(plan(50, none))
  expect(createCropPlan(photos, { ...settings, seed: 8 })(50, none)).not.toEqual(plan(50, none))
})

test('a broken photo is replaced, and the other crops of the step stay', () => {
  const plan = createCropPlan(photos, settings)
  const whole = plan(3, none)
  const without = plan(3, new Set([1]))
  expect(without.every((choice) => choice.photo !== 1)).toBe(true)
  expect(whole.some((choice) => choice.photo === 1)).toBe(true)
  for (const [index, choice] of whole.entries())
    if (choice.photo !== 1) expect(without[index]).toEqual(choice)
  expect(() => plan(3, new Set([0, 1, 2]))).toThrow(/none of the 3 photos/)
})

test('photos beyond the pool take turns: few at a time, all of them in a round, the same from any step', () => {
  const many = Array.from({ length: 60 }, (_, id) => ({
    path: `${id}`,
    views: [{ id, width: 100, height: 100 }],
  }))
  // room for 10 of 60; 4 crops a step and 8 crops a turn: one photo leaves and one comes every 2 steps
  const turns = { seed: 1, batch: 4, crop: 64, poolBytes: 10 * 30_000, cropsPerTurn: 8 }
  const plan = createCropPlan(many, turns)
  const steps = Array.from({ length: 240 }, (_, step) => plan(step, none).map((choice) => choice.photo))
  expect(new Set(steps.slice(100, 102).flat()).size).toBeLessThanOrEqual(8)
  for (const from of [0, 57, 120])
    expect(new Set(steps.slice(from, from + 6).flat()).size).toBeLessThanOrEqual(13)
  expect(new Set(steps.flat()).size).toBeGreaterThan(55)
  expect(createCropPlan(many, turns)(201, none).map((choice) => choice.photo)).toEqual(steps[201])
})
