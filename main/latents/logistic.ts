import { AppError } from '../../shared/errors.ts'
import { lbfgs } from '../../shared/maths/lbfgs.ts'
import { type Points, pointAt } from './points.ts'

/** A linear classifier: probabilities by softmax. */
export interface LogisticModel {
  readonly classes: number
  readonly length: number
  /** classes * (length + 1): weights and, last, the intercept of each class, for inputs as `mean` and `scale` make them */
  readonly weights: Float64Array
  readonly mean: Float64Array
  readonly scale: Float64Array
}

/**
 * Multinomial logistic regression with a ridge of 1 / (2 C) on the weights of standardised inputs, by L-BFGS, as
 * scikit-learn's LogisticRegression(C) behind a StandardScaler.
 * @param labels 0 to classes - 1
 * @throws AppError `bad-input` for fewer than two classes or labels that do not fit
 */
export function fitLogistic(
  points: Points,
  labels: ArrayLike<number>,
  {
    classes,
    c = 1,
    maxRounds = 200,
    signal,
  }: { classes: number; c?: number; maxRounds?: number; signal?: AbortSignal },
): LogisticModel {
  if (classes < 2 || labels.length !== points.count) {
    throw new AppError('bad-input', `classification: expected at least 2 classes and ${points.count} labels`)
  }
  const { mean, scale } = standardised(points)
  const { count, length } = points
  const stride = length + 1
  const inputs = new Float64Array(count * stride)
  for (let i = 0; i < count; i++) {
    const point = pointAt(points, i)
    for (let d = 0; d < length; d++) inputs[i * stride + d] = (point[d]! - mean[d]!) / scale[d]!
    inputs[i * stride + length] = 1
  }
  const scores = new Float64Array(classes)
  const weights = lbfgs(
    new Float64Array(classes * stride),
    (w, gradient) => {
      signal?.throwIfAborted()
      gradient.fill(0)
      let loss = 0
      for (let i = 0; i < count; i++) {
        loss += softmax(w, inputs, i * stride, stride, scores, labels[i]!)
        for (let k = 0; k < classes; k++) {
          const error = scores[k]! - (k === labels[i] ? 1 : 0)
          if (error === 0) continue
          const row = k * stride
          for (let d = 0; d < stride; d++) gradient[row + d]! += error * inputs[i * stride + d]!
        }
      }
      for (let k = 0; k < classes; k++) {
        for (let d = 0; d < length; d++) {
          const value = w[k * stride + d]!
          loss += (value * value) / (2 * c)
          gradient[k * stride + d]! += value / c
        }
      }
      return loss
    },
    { maxRounds, tolerance: 1e-4 },
  )
  return { classes, length, weights, mean, scale }
}

export function classifyLogistic(
  { classes, length, weights, mean, scale }: LogisticModel,
  queries: Points,
): number[] {
  return Array.from({ length: queries.count }, (_, i) => {
    const point = pointAt(queries, i)
    let [best, bestScore] = [0, -Infinity]
    for (let k = 0; k < classes; k++) {
      const row = k * (length + 1)
      let score = weights[row + length]!
      for (let d = 0; d < length; d++) score += weights[row + d]! * ((point[d]! - mean[d]!) / scale[d]!)
      if (score > bestScore) [best, bestScore] = [k, score]
    }
    return best
  })
}

/** Fills `scores` with probabilities; returns the cross-entropy of the label in nats. */
function softmax(
  w: Float64Array,
  inputs: Float64Array,
  at: number,
  stride: number,
  scores: Float64Array,
  label: number,
): number {
  let largest = -Infinity
  for (let k = 0; k < scores.length; k++) {
    let score = 0
    for (let d = 0; d < stride; d++) score += w[k * stride + d]! * inputs[at + d]!
    scores[k] = score
    largest = Math.max(largest, score)
  }
  let total = 0
  for (let k = 0; k < scores.length; k++) total += scores[k] = Math.exp(scores[k]! - largest)
  for (let k = 0; k < scores.length; k++) scores[k]! /= total
  return -Math.log(Math.max(scores[label]!, 1e-300))
}

/** Mean and deviation of each value; 1 in place of a deviation of 0. */
function standardised({ count, length, values }: Points): { mean: Float64Array; scale: Float64Array } {
  const mean = new Float64Array(length)
  const scale = new Float64Array(length)
  for (let i = 0; i < values.length; i++) mean[i % length]! += values[i]! / count
  for (let i = 0; i < values.length; i++) scale[i % length]! += (values[i]! - mean[i % length]!) ** 2 / count
  return { mean, scale: scale.map((variance) => Math.sqrt(variance) || 1) }
}
