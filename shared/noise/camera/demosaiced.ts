import { demosaicBilinear, demosaicMalvar } from '../../maths/demosaic.ts'

export const demosaics = { malvar: demosaicMalvar, bilinear: demosaicBilinear } as const
export type Demosaic = keyof typeof demosaics

const side = 16
const middle = 8

/**
 * What demosaicing makes of white noise of variance 1 on the sensor elements of one colour: the covariance between the
 * channels, averaged over the four places of the pattern. By colour of the element, 3x3 row by row.
 */
export function demosaicedCovariances(demosaic: Demosaic): readonly (readonly number[])[] {
  const sums = [0, 1, 2].map(() => new Array<number>(9).fill(0))
  // Demosaicing is linear: noise is a sum of single elements, and each is answered alike wherever it lies.
  for (let row = 0; row < 2; row++) {
    for (let column = 0; column < 2; column++) {
      const sample = new Float32Array(side * side)
      sample[(middle + row) * side + middle + column] = 1
      const answer = demosaics[demosaic](sample, side, side)
      const sum = sums[row + column]
      for (let i = 0; i < answer.length; i += 3) {
        for (let k = 0; k < 9; k++) sum[k] += (answer[i + Math.floor(k / 3)] * answer[i + (k % 3)]) / 4
      }
    }
  }
  return sums
}
