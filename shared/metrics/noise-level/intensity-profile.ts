import type { FloatImage } from '../../image.ts'
import { channelPlane } from '../../maths/planes.ts'
import { decodeSrgb, encodeSrgb } from '../../maths/srgb.ts'
import { fromTone, toneCurve } from '../../noise/camera/tone.ts'
import { deviationPerMagnitude, laplacianDifference } from './neighbourhood.ts'

/** Variance of encoded values: (a light + b) slope^2 + c, of photons, of reading, and of whatever came after the curve. */
export interface PoissonGaussian {
  readonly a: number
  readonly b: number
  readonly c: number
}

/** What blocks of about the same brightness read. */
interface Reading {
  /** encoded, 0 to 1 */
  readonly intensity: number
  readonly variance: number
  readonly weight: number
}

const side = 16
const bins = 12
const leastBlocks = 8
/** Relative spread of a block's variance, and the share of the blocks that are looked at first. */
const spread = 0.2
const flattest = 0.1
/** A block with more saturated values than this says little. */
const mostSaturated = 0.02

/**
 * Deviation over brightness of cameras' noise, relative: the mean over the mix that the estimators are tuned on, at the
 * middles of twelve steps of brightness. What a picture's own blocks say is weighed against it: texture misleads them
 * more than cameras differ.
 */
const usual = [1.01, 1.1, 1.11, 1.07, 1.05, 1.04, 1.02, 1.0, 0.94, 0.9, 0.83, 0.54]
/** Weight of the usual curve, in readings of 100 blocks. */
const usualWeight = 40

/**
 * How the noise depends on brightness: a Poisson-Gaussian fit (Foi et al., 2008) of the variance in flat blocks over
 * their mean, in steps of brightness, drawn towards cameras' usual curve. The scale is that of the finest detail: only
 * the curve's shape is meant to be used.
 * @param usualShare 1, or less where the picture's own blocks are to be trusted more
 */
export function intensityProfile(image: FloatImage, usualShare = 1): PoissonGaussian {
  const readings = flatReadings(image)
  const scale = weightedScale(readings)
  const expected = usual.map((deviation, k) => ({
    intensity: (k + 0.5) / bins,
    variance: (scale * deviation) ** 2,
    weight: (usualShare * usualWeight) / bins,
  }))
  return fit([...readings, ...expected])
}

/** Deviation of the noise at a brightness, encoded. */
export function deviationAt({ a, b, c }: PoissonGaussian, intensity: number): number {
  const [constant, photons, read] = terms(intensity)
  return Math.sqrt(Math.max(0, c * constant + a * photons + b * read))
}

/** Share of the S-shaped tone curve that a camera adds to the sRGB curve, on average. */
const toneShare = 0.5
const steps = 64

/** What a, b and c are multiplied by: tables over brightness. */
const tables = (() => {
  const untone = fromTone(toneShare)
  return Array.from({ length: steps + 1 }, (_, i): readonly [number, number, number] => {
    const light = decodeSrgb(untone(i / steps))
    const step = 1e-4
    const low = Math.max(0, light - step)
    const encode = (x: number) => toneCurve(encodeSrgb(x), toneShare)
    const slope = (encode(light + step) - encode(low)) / (light + step - low)
    return [1, light * slope * slope, slope * slope]
  })
})()

function terms(intensity: number): readonly [number, number, number] {
  return tables[Math.round(Math.min(1, Math.max(0, intensity)) * steps)]
}

function flatReadings({ width, height, channels, ...image }: FloatImage): Reading[] {
  const planes = Array.from({ length: channels }, (_, c) =>
    channelPlane({ width, height, channels, ...image }, c),
  )
  const found = Array.from({ length: bins }, () => ({ variances: [] as number[], sum: 0 }))
  for (let y = 1; y + side < height; y += side) {
    for (let x = 1; x + side < width; x += side) {
      const { variance, mean, saturated } = readBlock(planes, width, y * width + x)
      if (saturated > mostSaturated || !(variance > 0)) continue
      const bin = found[Math.min(bins - 1, Math.floor(mean * bins))]
      bin.variances.push(variance)
      bin.sum += mean
    }
  }
  return found
    .filter(({ variances }) => variances.length >= leastBlocks)
    .map(({ variances, sum }) => ({
      intensity: sum / variances.length,
      variance: lowerLevel(variances),
      weight: Math.min(10, Math.sqrt(variances.length)) / 10,
    }))
}

function readBlock(planes: readonly Float32Array[], width: number, corner: number) {
  let [variance, mean, saturated] = [0, 0, 0]
  for (const plane of planes) {
    let magnitude = 0
    for (let row = 0; row < side; row++) {
      for (let column = 0, at = corner + row * width; column < side; column++, at++) {
        magnitude += Math.abs(laplacianDifference(plane, at, 1, width))
        const value = plane[at]
        mean += value
        if (value < 0.004 || value > 0.996) saturated++
      }
    }
    variance += ((deviationPerMagnitude * magnitude) / (side * side)) ** 2
  }
  const values = planes.length * side * side
  return { variance: variance / planes.length, mean: mean / values, saturated: saturated / values }
}

/** The level of the flattest blocks: the mean of those no more than a spread above it. */
function lowerLevel(variances: number[]): number {
  variances.sort((x, y) => x - y)
  let level = variances[Math.floor(flattest * variances.length)] / (1 - 1.28 * spread)
  for (let turn = 0; turn < 10; turn++) {
    const flat = variances.filter((value) => value <= level * (1 + spread))
    if (flat.length === 0) break
    level = ((1 + 0.29 * spread) * flat.reduce((sum, value) => sum + value, 0)) / flat.length
  }
  return level
}

function weightedScale(readings: readonly Reading[]): number {
  let [sum, weights] = [0, 0]
  for (const { intensity, variance, weight } of readings) {
    const k = Math.min(bins - 1, Math.floor(intensity * bins))
    sum += weight * Math.log(Math.sqrt(variance) / usual[k])
    weights += weight
  }
  return weights > 0 ? Math.exp(sum / weights) : 0.01
}

/** Least squares of the relative errors with a, b and c at least 0: the best of all subsets that stay so. */
function fit(readings: readonly Reading[]): PoissonGaussian {
  let best = { cost: Number.POSITIVE_INFINITY, factors: [0, 0, 1e-6] }
  for (let subset = 1; subset < 8; subset++) {
    const chosen = [0, 1, 2].filter((k) => (subset >> k) & 1)
    const factors = solve(readings, chosen)
    if (factors.some((factor) => !(factor >= 0))) continue
    const cost = readings.reduce((sum, { intensity, variance, weight }) => {
      const predicted = terms(intensity).reduce((all, term, k) => all + term * factors[k], 0)
      return sum + weight * (predicted / variance - 1) ** 2
    }, 0)
    if (cost < best.cost) best = { cost, factors }
  }
  const [c, a, b] = best.factors
  return { a, b, c }
}

function solve(readings: readonly Reading[], chosen: readonly number[]): number[] {
  const size = chosen.length
  const rows = chosen.map(() => new Float64Array(size + 1))
  for (const { intensity, variance, weight } of readings) {
    const all = terms(intensity)
    const basis = chosen.map((k) => all[k] / variance)
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) rows[i][j] += weight * basis[i] * basis[j]
      rows[i][size] += weight * basis[i]
    }
  }
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      if (k === i) continue
      const factor = rows[k][i] / rows[i][i]
      for (let j = i; j <= size; j++) rows[k][j] -= factor * rows[i][j]
    }
  }
  const factors = [0, 0, 0]
  chosen.forEach((k, i) => {
    factors[k] = rows[i][size] / rows[i][i]
  })
  return factors
}
