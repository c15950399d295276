import { exp, ln } from './elementary.ts'

/** Anything that draws uniform numbers in [0, 1). */
export interface UniformSource {
  uniform(): number
}

/**
 * One Poisson count. Below a mean of 10 by sequential search from one uniform number; above by the transformed
 * rejection PTRS (Hormann, "The transformed rejection method for generating Poisson random variables", 1993).
 * @param mean expected count, finite; zero or less gives 0
 */
export function poisson(source: UniformSource, mean: number): number {
  if (!(mean > 0)) return 0
  return mean < 10 ? bySearch(source, mean) : byRejection(source, mean)
}

function bySearch(source: UniformSource, mean: number): number {
  let probability = exp(-mean)
  let rest = source.uniform() - probability
  let count = 0
  // 200 is past every count that 53 random bits can reach at a mean below 10.
  while (rest >= 0 && count < 200) {
    count++
    probability *= mean / count
    rest -= probability
  }
  return count
}

function byRejection(source: UniformSource, mean: number): number {
  const b = 0.931 + 2.53 * Math.sqrt(mean)
  const a = -0.059 + 0.02483 * b
  const quickLimit = 0.9277 - 3.6224 / (b - 2)
  for (;;) {
    const u = source.uniform() - 0.5
    const v = source.uniform()
    const distance = 0.5 - Math.abs(u)
    const count = Math.floor(((2 * a) / distance + b) * u + mean + 0.43)
    if (distance >= 0.07 && v <= quickLimit) return count
    if (count < 0 || (distance < 0.013 && v > distance)) continue
    const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
    const proposed = ln((v * inverseAlpha) / (a / (distance * distance) + b))
    if (proposed <= count * ln(mean) - mean - lnFactorial(count)) return count
  }
}

const lnFactorials = new Float64Array(16)
for (let n = 2; n < 16; n++) lnFactorials[n] = lnFactorials[n - 1] + ln(n)

/** ln(n!) for whole n >= 0; Stirling's series above 15, relative error below 1e-13. */
export function lnFactorial(n: number): number {
  if (n < 16) return lnFactorials[n]
  const x = n + 1
  const r = 1 / (x * x)
  const series = (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r / 1188)))) / x
  return (x - 0.5) * ln(x) - x + 0.9189385332046728 + series // the constant is ln(2 pi) / 2
}
