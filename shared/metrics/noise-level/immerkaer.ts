import { deviationPerMagnitude, laplacianDifference } from './neighbourhood.ts'

/**
 * Noise level of a plane (Immerkaer, "Fast noise variance estimation", 1996): mean magnitude of the difference of
 * two Laplacians. Reads too much where there is texture.
 * @param plane height * width values, white 1; both sides at least 3
 * @returns standard deviation in levels of 255
 */
export function immerkaerSigma255(plane: Float32Array, width: number, height: number): number {
  let sum = 0
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * width + 1; i < (y + 1) * width - 1; i++) {
      sum += Math.abs(laplacianDifference(plane, i, 1, width))
    }
  }
  return (255 * deviationPerMagnitude * sum) / ((width - 2) * (height - 2))
}
