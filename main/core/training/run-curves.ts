import type { Curves } from '../../../shared/contract/train.ts'
import type { RunMetrics } from '../../catalog/runMetrics.ts'
import { judgeValidation, noValidationYet, type StoppingState } from '../../training/early-stopping.ts'

type Point = readonly [step: number, value: number]
const most = 1000

/** A run's curves, where it began to overfit in words, and what training won. */
export function curvesOf(
  metrics: RunMetrics,
  id: string,
  { samples, savings }: Pick<Curves, 'samples' | 'savings'>,
): Curves {
  const names = metrics
    .last(id)
    .map(({ name }) => name)
    .filter((name) => !name.startsWith('sweep/'))
  const series = Object.fromEntries(
    names.map((name) => [name, metrics.series(id, name).map(({ step, value }): Point => [step, value])]),
  )
  const validation = series['loss/validation'] ?? []
  const training = series['loss/training'] ?? []
  const best = validation.reduce<Point | null>(
    (least, point) => (!least || point[1] < least[1] ? point : least),
    null,
  )
  const beforeAfter = names
    .filter((name) => name !== 'loss/training')
    .flatMap((name) => {
      const points = series[name]!
      const after = points.find(([step]) => step === best?.[0])
      return points[0] && after && validation.length > 1
        ? [{ name, before: points[0][1], after: after[1] }]
        : []
    })
  return {
    curves: Object.fromEntries(
      names.map((name) => [
        name,
        name === 'loss/training' ? thinned(series[name]!) : series[name]!.filter(isFinitePoint),
      ]),
    ),
    overfitting: overfittingOf(training, validation),
    samples,
    savings,
    beforeAfter,
  }
}

/**
 * Judges the validations once more, with the mean training loss between them, as the loop did. What was said of a
 * best that another one followed is taken back.
 */
function overfittingOf(training: readonly Point[], validation: readonly Point[]): Curves['overfitting'] {
  let state: StoppingState = noValidationYet
  let found: Curves['overfitting'] = null
  let at = 0
  for (const [step, validationLoss] of validation) {
    let [sum, count] = [0, 0]
    for (; at < training.length && training[at]![0] <= step; at++) {
      sum += training[at]![1]
      count++
    }
    const trainingLoss = count > 0 ? sum / count : Number.NaN
    const verdict = judgeValidation(state, { step, validationLoss, trainingLoss })
    if (verdict.improved) found = null
    if (verdict.warning) found = { step: state.best!.step, sentence: verdict.warning }
    state = verdict.state
  }
  return found
}

/** Means of equal stretches: a curve of a million steps is no clearer for them. */
function thinned(points: readonly Point[]): Point[] {
  const every = Math.ceil(points.length / most)
  const result: Point[] = []
  for (let from = 0; from < points.length; from += every) {
    const part = points.slice(from, from + every).filter(isFinitePoint)
    if (part.length === 0) continue
    result.push([part.at(-1)![0], part.reduce((sum, [, value]) => sum + value, 0) / part.length])
  }
  return result
}

function isFinitePoint([, value]: Point): boolean {
  return Number.isFinite(value)
}
