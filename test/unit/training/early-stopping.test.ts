import { expect, test } from 'vitest'
import {
  defaultStopping,
  judgeValidation,
  noValidationYet,
  type StoppingSettings,
  type StoppingState,
} from '../../../main/training/early-stopping.ts'

/** Feeds pairs of [validation, training] and returns the verdicts; the state goes through JSON as in a checkpoint. */
function judge(losses: readonly (readonly [number, number])[], settings: Partial<StoppingSettings> = {}) {
  let state: StoppingState = noValidationYet
  return losses.map(([validationLoss, trainingLoss], index) => {
    const result = { step: (index + 1) * 100, validationLoss, trainingLoss }
    const verdict = judgeValidation(state, result, { ...defaultStopping, ...settings })
    state = JSON.parse(JSON.stringify(verdict.state))
    return verdict
  })
}

test('remembers the best step and stops after `patience` validations without a better one', () => {
  const verdicts = judge(
    [
      [3, 3],
      [2, 2],
      [2.1, 2],
      [2, 2],
      [2.3, 2],
    ],
    { patience: 3 },
  )
  expect(verdicts.map((v) => v.improved)).toEqual([true, true, false, false, false])
  expect(verdicts.map((v) => v.stop)).toEqual([false, false, false, false, true])
  expect(verdicts.at(-1)!.state.best).toEqual({ step: 200, validationLoss: 2, trainingLoss: 2 })
})

test('a gain no larger than minDelta does not count', () => {
  const verdicts = judge(
    [
      [2, 2],
      [1.95, 2],
      [1.9, 2],
      [1.85, 2],
    ],
    { minDelta: 0.1, patience: 2 },
  )
  expect(verdicts.map((v) => v.improved)).toEqual([true, false, false, true])
  expect(verdicts[2]!.stop).toBe(true)
})

test('a loss that is not a number is never the best', () => {
  const verdicts = judge([
    [NaN, 1],
    [Infinity, 1],
    [5, 1],
  ])
  expect(verdicts.map((v) => v.improved)).toEqual([false, false, true])
})

test('warns once when the validation loss parts from the training loss, and again after a new best', () => {
  const verdicts = judge([
    [2, 2],
    [2.02, 1.9],
    [2.05, 1.8],
    [2.1, 1.6],
    [2.2, 1.5],
    [1.9, 1.4],
    [2, 1.3],
    [2, 1.2],
    [2, 1],
  ])
  expect(verdicts.map((v) => v.warning !== null)).toEqual([
    false,
    false,
    false,
    true,
    false,
    false,
    false,
    false,
    true,
  ])
  expect(verdicts[3]!.warning).toBe(
    'Overfitting: since step 100 the training loss fell from 2.00 to 1.60 while the validation loss went from ' +
      '2.00 to 2.10; more photos, augmentation or regularisation would help, or stop here.',
  )
})

test('a plateau, a gap that was always there, and a loss that diverges are not overfitting', () => {
  expect(
    judge([
      [2, 2],
      [2, 2],
      [2.01, 2],
      [2, 1.99],
      [2, 2],
    ]).some((v) => v.warning),
  ).toBe(false)
  expect(
    judge([
      [4, 2],
      [4, 2],
      [4, 1.98],
      [4, 1.97],
      [4, 1.96],
    ]).some((v) => v.warning),
  ).toBe(false)
  expect(
    judge([
      [2, 2],
      [9, 3],
      [30, 4],
      [90, 5],
      [300, 6],
    ]).some((v) => v.warning),
  ).toBe(false)
})
