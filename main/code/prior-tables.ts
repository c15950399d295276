import { AppError } from '../../shared/errors.ts'
import { type FrequencyTable, tableOf } from './frequency-table.ts'
import { FREQUENCY_SUM } from './rans.ts'

/**
 * Tables for the priors of the codec, made once, when a model is made, and stored with it. Never made by a decoder: the
 * functions here (exp, erfc) may differ in the last bit between machines.
 */

/** Standard deviations, in steps, of the stored Gaussian tables: 64, in equal steps of their logarithm */
export const GAUSSIAN_SCALES = 64
export const SMALLEST_SCALE = 0.11
export const LARGEST_SCALE = 256

/** The standard deviation, in steps, of table `index` (0 to 63; may be fractional) */
export function gaussianScale(index: number): number {
  return SMALLEST_SCALE * (LARGEST_SCALE / SMALLEST_SCALE) ** (index / (GAUSSIAN_SCALES - 1))
}

/**
 * Symbols less likely than this together are left to the escape: what that costs a Gaussian (0.03 % at most) and what
 * slots of at least 1 for more symbols would cost are about equal here.
 */
const tail = 2 ** -12

/** Zero-mean Gaussian of standard deviation `scale`, integrated over [k - 0.5, k + 0.5] for each symbol k */
export function gaussianTable(scale: number): FrequencyTable {
  checkScale(scale)
  const upper = (v: number) => 0.5 * erfc((v / scale) * Math.SQRT1_2)
  return integrated(upper, 0, `the Gaussian table of scale ${scale}`)
}

/** Logistic of this mean and scale (its standard deviation is 1.81 times that), integrated in the same way */
export function logisticTable(mean: number, scale: number): FrequencyTable {
  checkScale(scale)
  if (!(Math.abs(mean) <= 1024))
    throw new AppError('bad-input', `mean: expected a number from -1024 to 1024, got ${mean}`)
  const upper = (v: number) => 1 / (1 + Math.exp(v / scale))
  return integrated(upper, mean, `the logistic table of mean ${mean} and scale ${scale}`)
}

function checkScale(scale: number): void {
  if (!(scale > 0 && scale <= 1024))
    throw new AppError('bad-input', `scale: expected a number above 0, up to 1024, got ${scale}`)
}

/** @param upper probability of more than v above the mean; symmetric */
function integrated(upper: (v: number) => number, mean: number, label: string): FrequencyTable {
  const centre = Math.round(mean)
  let min = centre
  let max = centre
  const above = (k: number) => upper(k + 0.5 - mean)
  const below = (k: number) => upper(mean - k + 0.5)
  while (above(max) + below(min) > tail) {
    if (above(max) >= below(min)) max++
    if (below(min) > above(max)) min--
  }
  const probabilities = Array.from({ length: max - min + 1 }, (_, i) => {
    const distance = Math.abs(min + i - mean)
    return distance < 0.5
      ? 1 - upper(0.5 - distance) - upper(0.5 + distance)
      : upper(distance - 0.5) - upper(distance + 0.5)
  })
  probabilities.push(above(max) + below(min))
  return tableOf(min, frequenciesOf(probabilities), label)
}

/**
 * Integers from 1 on that sum to 65536, close to the probabilities: rounded, then those changed by one whose change
 * costs fewest bits, until the sum is right.
 * @param probabilities (n), of sum 1, at most 65536 of them
 */
export function frequenciesOf(probabilities: readonly number[]): number[] {
  const frequencies = probabilities.map((p) => Math.max(1, Math.round(p * FREQUENCY_SUM)))
  let excess = frequencies.reduce((sum, f) => sum + f, 0) - FREQUENCY_SUM
  while (excess !== 0) {
    const step = excess > 0 ? -1 : 1
    let best = -1
    let bestCost = Number.POSITIVE_INFINITY
    for (let k = 0; k < frequencies.length; k++) {
      if (frequencies[k] + step < 1) continue
      const cost = -probabilities[k] * Math.log2((frequencies[k] + step) / frequencies[k])
      if (cost < bestCost) [best, bestCost] = [k, cost]
    }
    frequencies[best] += step
    excess += step
  }
  return frequencies
}

/**
 * Complementary error function to a relative 1e-12 from 0 on: the series of erf below 2.5, the continued fraction above
 * (Abramowitz and Stegun 7.1.6 and 7.1.14).
 */
export function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x)
  const scale = (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x)
  if (x < 2.5) {
    let term = x
    let sum = x
    for (let n = 1; term > sum * 1e-17; n++) {
      term *= (2 * x * x) / (2 * n + 1)
      sum += term
    }
    return 1 - scale * sum
  }
  let fraction = x
  for (let n = 60; n > 0; n--) fraction = x + n / 2 / fraction
  return scale / 2 / fraction
}
