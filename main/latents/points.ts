import { AppError } from '../../shared/errors.ts'

/** Vectors of one length, one after another: codes, pixels, coordinates. */
export interface Points {
  readonly count: number
  readonly length: number
  /** count * length values */
  readonly values: Float32Array
}

/** @throws AppError `bad-input` where the values are not whole vectors */
export function pointsOf(values: Float32Array, length: number): Points {
  const count = values.length / length
  if (Number.isInteger(length) && length > 0 && Number.isInteger(count)) return { count, length, values }
  throw new AppError('bad-input', `${values.length} values are no vectors of ${length}`)
}

/** A view, not a copy. */
export function pointAt({ values, length }: Points, index: number): Float32Array {
  return values.subarray(index * length, (index + 1) * length)
}

export function selectPoints(points: Points, indices: readonly number[]): Points {
  const values = new Float32Array(indices.length * points.length)
  for (const [place, index] of indices.entries()) values.set(pointAt(points, index), place * points.length)
  return { count: indices.length, length: points.length, values }
}

export function squaredDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - b[i]!
    sum += difference * difference
  }
  return sum
}

/** Mean of each value over the points. */
export function meanOf({ count, length, values }: Points): Float64Array {
  const mean = new Float64Array(length)
  for (let i = 0; i < values.length; i++) mean[i % length]! += values[i]! / count
  return mean
}
