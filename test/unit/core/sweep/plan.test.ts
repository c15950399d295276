import { expect, test } from 'vitest'
import { nextTrial, rungsOf, type SweepPlan, trialsOf } from '../../../../main/core/sweep/plan.ts'
import { parseRange } from '../../../../shared/sweep-range.ts'

const plan: SweepPlan = {
  ...{ id: 's', ranges: {}, trials: 'grid', seed: 1 },
  ...{ minEpochs: 1, maxEpochs: 9, eta: 3 },
}

test('a grid is all combinations; draws lie within their ranges and repeat', () => {
  const ranges = { code: { values: [2, 4] }, activation: { values: ['elu', 'relu'] } }
  expect(trialsOf({ ...plan, ranges })).toEqual([
    { code: 2, activation: 'elu' },
    { code: 2, activation: 'relu' },
    { code: 4, activation: 'elu' },
    { code: 4, activation: 'relu' },
  ])
  const drawn = {
    ...plan,
    trials: 50,
    ranges: { ...ranges, learningRate: { low: 0.0001, high: 0.01, isWhole: false } },
  }
  const trials = trialsOf(drawn)
  expect(trials).toEqual(trialsOf(drawn))
  expect(
    trials.every(({ learningRate }) => Number(learningRate) >= 0.0001 && Number(learningRate) <= 0.01),
  ).toBe(true)
  // On a logarithmic scale half of them are below the geometric mean.
  const small = trials.filter(({ learningRate }) => Number(learningRate) < 0.001).length
  expect(small).toBeGreaterThan(12)
  expect(small).toBeLessThan(38)
  expect(() => trialsOf({ ...plan, ranges: { learningRate: { low: 1, high: 2, isWhole: false } } })).toThrow(
    'a grid takes values',
  )
  expect(() => trialsOf(plan)).toThrow('at least one setting to try')
})

test('rungs grow by eta and end at the most epochs', () => {
  expect(rungsOf(plan)).toEqual([1, 3, 9])
  expect(rungsOf({ minEpochs: 2, maxEpochs: 7, eta: 2 })).toEqual([2, 4, 7])
  expect(rungsOf({ minEpochs: 5, maxEpochs: 5, eta: 3 })).toEqual([5])
})

/** Plays a sweep where a trial's figure is its quality at every rung. */
function played(qualities: readonly (number | null)[], rungs: number, eta: number): number[] {
  const figures: (number | null)[][] = qualities.map(() => [])
  for (let step = 0; step < 1000; step++) {
    const next = nextTrial(
      figures.map((each) => ({ figures: each })),
      rungs,
      eta,
    )
    if (!next) return figures.map((each) => each.length)
    const quality = qualities[next.trial]!
    if (quality === null) figures[next.trial] = Array.from({ length: rungs }, () => null)
    else figures[next.trial]![next.rung] = quality
  }
  throw new Error('it does not end')
}

test('of nine trials the best third goes on, and of those the best to the end; failures go nowhere', () => {
  const reached = played([5, 3, 9, 1, 7, 2, 8, 4, 6], 3, 3)
  expect(reached[3]).toBe(3)
  expect(reached.filter((rungs) => rungs >= 2).length).toBeLessThanOrEqual(5)
  expect(reached.filter((rungs) => rungs === 3).length).toBeLessThanOrEqual(2)
  expect(reached[2]).toBe(1)
  expect(reached.every((rungs) => rungs >= 1)).toBe(true)
  expect(played([2, null, 1], 2, 3)).toEqual([1, 2, 2])
  expect(played([4], 3, 3)).toEqual([3])
})

test('a range between whole bounds draws whole numbers, each of them; ranges and values are read as they are typed', () => {
  const code = parseRange('code', '4..8')
  expect(code).toEqual({ low: 4, high: 8, isWhole: true })
  const drawn = trialsOf({ ...plan, trials: 200, ranges: { code } }).map((trial) => Number(trial.code))
  expect([...new Set(drawn)].sort()).toEqual([4, 5, 6, 7, 8])
  expect(parseRange('dropout', '0..1')).toEqual({ low: 0, high: 1, isWhole: false })
  expect(parseRange('widths', '[16,32] | [8]')).toEqual({ values: [[16, 32], [8]] })
  expect(parseRange('activation', 'elu, relu,')).toEqual({ values: ['elu', 'relu'] })
  expect(() => parseRange('code', '8..4')).toThrow("code: expected low..high, got '8..4'")
  expect(() => parseRange('code', ' ')).toThrow('got nothing')
})

test('a grid that would fill the memory is refused before it is made', () => {
  const values = Array.from({ length: 1000 }, (_, i) => i)
  const ranges = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, { values }]))
  expect(() => trialsOf({ ...plan, ranges })).toThrow('a grid of 1000000000000 trials is too large')
})
