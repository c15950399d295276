import { exp } from './elementary.ts'

/** Weights of a Gaussian at whole distances 0 to radius, so that the two-sided kernel sums to 1. */
export function gaussianHalf(sigma: number, radius: number): Float64Array {
  const half = new Float64Array(radius + 1)
  let sum = 0
  for (let i = 0; i <= radius; i++) {
    half[i] = i === 0 ? 1 : exp((-0.5 * i * i) / (sigma * sigma))
    sum += i === 0 ? half[i] : 2 * half[i]
  }
  return half.map((weight) => weight / sum)
}

/**
 * Separable blur of a plane that wraps round at its edges, so that noise stays equally strong everywhere.
 * @param plane height * width values; not changed
 * @param half kernel at distances 0 to radius, mirrored to the other side
 */
export function blurWrapped(
  plane: Float32Array,
  width: number,
  height: number,
  half: Float64Array,
): Float32Array {
  const radius = half.length - 1
  const output = new Float32Array(plane.length)
  const padded = new Float64Array(width + 2 * radius)
  const sums = new Float64Array(width)
  for (let y = 0; y < height; y++) {
    const row = y * width
    // Down the columns into one padded row, then along it: no second plane is needed.
    for (let x = 0; x < width; x++) sums[x] = half[0] * plane[row + x]
    for (let k = 1; k <= radius; k++) {
      const above = modulo(y - k, height) * width
      const below = modulo(y + k, height) * width
      const weight = half[k]
      for (let x = 0; x < width; x++) sums[x] += weight * (plane[above + x] + plane[below + x])
    }
    for (let x = -radius; x < width + radius; x++) padded[x + radius] = sums[modulo(x, width)]
    for (let x = 0; x < width; x++) {
      const centre = x + radius
      let sum = half[0] * padded[centre]
      for (let k = 1; k <= radius; k++) sum += half[k] * (padded[centre - k] + padded[centre + k])
      output[row + x] = sum
    }
  }
  return output
}

/**
 * By how much `blurWrapped` shrinks the standard deviation of white noise; exact also where the kernel is wider
 * than the plane and meets itself.
 */
export function blurredDeviation(width: number, height: number, half: Float64Array): number {
  return Math.sqrt(foldedEnergy(width, half) * foldedEnergy(height, half))
}

function foldedEnergy(period: number, half: Float64Array): number {
  const folded = new Float64Array(period)
  for (let k = 1 - half.length; k < half.length; k++) folded[modulo(k, period)] += half[Math.abs(k)]
  return folded.reduce((sum, weight) => sum + weight * weight, 0)
}

function modulo(value: number, period: number): number {
  const rest = value % period
  return rest < 0 ? rest + period : rest
}
