import { AppError } from '../../shared/errors.ts'
import { Random } from '../../shared/random.ts'
import { kMeans } from './clusters.ts'
import { type Points, pointAt } from './points.ts'

/** A normal distribution of codes. */
export interface GaussianPart {
  /** share of the codes, 0 to 1 */
  readonly weight: number
  readonly mean: Float64Array
  /** lower triangle L of the covariance's Cholesky factor, rows of `length`: covariance = L L' */
  readonly factor: Float64Array
}

/** Where codes lie: a sum of normal distributions. */
export interface Prior {
  readonly length: number
  readonly parts: readonly GaussianPart[]
  /** mean log density of the codes it was fitted to, in nats */
  readonly logDensity: number
}

/** The prior that variational networks are trained towards. */
export function standardNormal(length: number): Prior {
  const factor = new Float64Array(length * length)
  for (let i = 0; i < length; i++) factor[i * length + i] = 1
  const logDensity = (-length / 2) * (Math.log(2 * Math.PI) + 1)
  return { length, parts: [{ weight: 1, mean: new Float64Array(length), factor }], logDensity }
}

/**
 * Fits a mixture of normal distributions to codes: by their moments where one part is asked for, else by expectation and
 * maximisation (Dempster, Laird and Rubin 1977) from k-means. Covariances get a little of their mean variance on the
 * diagonal, so that few codes give no flat distribution.
 * @throws AppError `bad-input` for fewer codes than parts
 */
export function fitPrior(
  points: Points,
  { parts = 1, seed = 0, ridge = 1e-3, rounds = 100, signal }: FitOptions = {},
): Prior {
  const { count, length } = points
  if (parts < 1 || parts > count)
    throw new AppError('bad-input', `a prior of ${parts} parts needs as many codes, got ${count}`)
  let shares = new Float64Array(count * parts).fill(1)
  if (parts > 1) {
    const { assignments } = kMeans(points, parts, { seed, starts: 1, signal })
    shares = new Float64Array(count * parts)
    for (let i = 0; i < count; i++) shares[i * parts + assignments[i]!] = 1
  }
  let found = maximised(points, shares, parts, ridge)
  let last = -Infinity
  for (let round = 0; round < (parts > 1 ? rounds : 1); round++) {
    signal?.throwIfAborted()
    const logDensity = expected(points, found, shares)
    const isDone = logDensity - last < 1e-4
    last = logDensity
    if (isDone || parts === 1) break
    found = maximised(points, shares, parts, ridge)
  }
  return { length, parts: found, logDensity: last }
}

export interface FitOptions {
  readonly parts?: number
  readonly seed?: number
  /** share of the mean variance that is added to each variance */
  readonly ridge?: number
  readonly rounds?: number
  readonly signal?: AbortSignal | undefined
}

/** `count` codes; the same seed gives the same. @param temperature deviations are multiplied by it */
export function drawCodes(
  { length, parts }: Prior,
  count: number,
  seed: number,
  temperature = 1,
): Float32Array {
  const codes = new Float32Array(count * length)
  const normals = new Float32Array(length)
  for (let i = 0; i < count; i++) {
    const random = new Random([seed, i])
    const part = parts[drawnPart(parts, random.uniform())]!
    random.fillNormal(normals)
    for (let row = 0; row < length; row++) {
      let sum = 0
      for (let column = 0; column <= row; column++)
        sum += part.factor[row * length + column]! * normals[column]!
      codes[i * length + row] = part.mean[row]! + temperature * sum
    }
  }
  return codes
}

function drawnPart(parts: readonly GaussianPart[], uniform: number): number {
  let passed = 0
  for (const [k, { weight }] of parts.entries()) {
    passed += weight
    if (uniform < passed) return k
  }
  return parts.length - 1
}

function maximised(points: Points, shares: Float64Array, parts: number, ridge: number): GaussianPart[] {
  const { count, length } = points
  return Array.from({ length: parts }, (_, k) => {
    const mean = new Float64Array(length)
    let total = 1e-12
    for (let i = 0; i < count; i++) {
      const share = shares[i * parts + k]!
      total += share
      const point = pointAt(points, i)
      for (let d = 0; d < length; d++) mean[d]! += share * point[d]!
    }
    for (let d = 0; d < length; d++) mean[d]! /= total
    const covariance = new Float64Array(length * length)
    const centred = new Float64Array(length)
    for (let i = 0; i < count; i++) {
      const share = shares[i * parts + k]! / total
      if (share < 1e-9) continue
      const point = pointAt(points, i)
      for (let d = 0; d < length; d++) centred[d] = point[d]! - mean[d]!
      for (let a = 0; a < length; a++) {
        for (let b = 0; b <= a; b++) covariance[a * length + b]! += share * centred[a]! * centred[b]!
      }
    }
    let trace = 0
    for (let d = 0; d < length; d++) trace += covariance[d * length + d]!
    for (let d = 0; d < length; d++) covariance[d * length + d]! += ridge * (trace / length) + 1e-9
    return { weight: total / count, mean, factor: cholesky(covariance, length) }
  })
}

/** Sets each code's shares in the parts; returns the mean log density. */
function expected(points: Points, parts: readonly GaussianPart[], shares: Float64Array): number {
  const { count, length } = points
  const constants = parts.map(({ weight, factor }) => {
    let logRoot = 0
    for (let d = 0; d < length; d++) logRoot += Math.log(factor[d * length + d]!)
    return Math.log(weight) - logRoot - (length / 2) * Math.log(2 * Math.PI)
  })
  const solved = new Float64Array(length)
  let sum = 0
  for (let i = 0; i < count; i++) {
    const point = pointAt(points, i)
    const logs = parts.map(({ mean, factor }, k) => {
      let square = 0
      for (let row = 0; row < length; row++) {
        let value = point[row]! - mean[row]!
        for (let column = 0; column < row; column++) value -= factor[row * length + column]! * solved[column]!
        solved[row] = value / factor[row * length + row]!
        square += solved[row]! ** 2
      }
      return constants[k]! - square / 2
    })
    const largest = Math.max(...logs)
    const total = logs.reduce((all, log) => all + Math.exp(log - largest), 0)
    for (const [k, log] of logs.entries()) shares[i * parts.length + k] = Math.exp(log - largest) / total
    sum += largest + Math.log(total)
  }
  return sum / count
}

function cholesky(matrix: Float64Array, length: number): Float64Array {
  const factor = new Float64Array(length * length)
  for (let row = 0; row < length; row++) {
    for (let column = 0; column <= row; column++) {
      let value = matrix[row * length + column]!
      for (let k = 0; k < column; k++) value -= factor[row * length + k]! * factor[column * length + k]!
      factor[row * length + column] =
        row === column ? Math.sqrt(Math.max(value, 1e-12)) : value / factor[column * length + column]!
    }
  }
  return factor
}
