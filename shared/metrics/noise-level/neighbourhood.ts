/*
 * The 3x3 neighbourhood that the estimators look through. `at` is the centre's index, `across` and `down` how far
 * the next column and row are, so that interleaved channels can be read where they lie.
 */

type Values = Float32Array

/** The difference of two Laplacians (Immerkaer, 1996): blind to planes and edges, deviation 6 on white noise. */
export function laplacianDifference(v: Values, at: number, across: number, down: number): number {
  const above = v[at - down - across] - 2 * v[at - down] + v[at - down + across]
  const below = v[at + down - across] - 2 * v[at + down] + v[at + down + across]
  return above - 2 * (v[at - across] - 2 * v[at] + v[at + across]) + below
}

export function neighbourhoodMean(v: Values, at: number, across: number, down: number): number {
  const above = v[at - down - across] + v[at - down] + v[at - down + across]
  const below = v[at + down - across] + v[at + down] + v[at + down + across]
  return (above + v[at - across] + v[at] + v[at + across] + below) / 9
}

/** From the mean magnitude of `laplacianDifference` to the deviation of normal noise. */
export const deviationPerMagnitude = Math.sqrt(Math.PI / 2) / 6

/** Whether every value lies in [0, 1], as in every file: noise was clipped there, if it reached that far. */
export function isClipped(values: Values): boolean {
  for (let i = 0; i < values.length; i++) if (values[i] < 0 || values[i] > 1) return false
  return true
}

/** Enough samples for 0.1 % of precision; larger images are read in part, so that their size costs nothing. */
export const mostSamples = 600_000
