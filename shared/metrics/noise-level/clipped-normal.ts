/**
 * How much of its deviation normal noise keeps where it is clipped to [0, 1], found from the mean that is seen
 * (both are moments of the doubly censored normal distribution).
 */
const bins = 256

/** A table over the seen mean: 256 + 1 shares in 0 to 1, at means 0, 1/256, ... 1, for noise of deviation sigma. */
export function keptDeviation(sigma: number): Float64Array {
  const kept = new Float64Array(bins + 1)
  if (!(sigma > 0)) return kept.fill(1)
  let bin = 0
  let [lastMean, lastShare] = [0, 0]
  // Past 4 deviations outside hardly anything is seen of the noise.
  const steps = 1024
  for (let i = 0; i <= steps; i++) {
    const { mean, deviation } = clippedMoments(-4 * sigma + ((1 + 8 * sigma) * i) / steps, sigma)
    const share = deviation / sigma
    while (bin <= bins && bin / bins <= mean) {
      const t = mean > lastMean ? (bin / bins - lastMean) / (mean - lastMean) : 1
      kept[bin++] = lastShare + t * (share - lastShare)
    }
    lastMean = mean
    lastShare = share
  }
  return kept
}

/** Reads the table at a mean. */
export function keptAt(table: Float64Array, mean: number): number {
  const position = Math.min(Math.max(mean, 0), 1) * bins
  const index = Math.min(Math.floor(position), bins - 1)
  return table[index] + (position - index) * (table[index + 1] - table[index])
}

/** Mean and deviation of a normal number after clipping to [0, 1]. */
export function clippedMoments(centre: number, sigma: number): { mean: number; deviation: number } {
  const low = -centre / sigma
  const high = (1 - centre) / sigma
  const above = 1 - normalShare(high)
  const inside = 1 - above - normalShare(low)
  const [atLow, atHigh] = [normalDensity(low), normalDensity(high)]
  const mean = centre * inside + sigma * (atLow - atHigh) + above
  const square =
    (centre * centre + sigma * sigma) * inside +
    2 * centre * sigma * (atLow - atHigh) +
    sigma * sigma * (low * atLow - high * atHigh) +
    above
  return { mean, deviation: Math.sqrt(Math.max(0, square - mean * mean)) }
}

function normalDensity(x: number): number {
  return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI)
}

/** Distribution function of the standard normal (Abramowitz and Stegun 26.2.17, error below 7.5e-8). */
function normalShare(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x))
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  const tail = normalDensity(x) * series
  return x > 0 ? 1 - tail : tail
}
