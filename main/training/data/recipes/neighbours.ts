import { estimatePictureNoise } from '../../../../shared/metrics/noise-level/estimate-picture-noise.ts'
import { toldLevel255 } from '../../../../shared/metrics/noise-level/told-level.ts'
import type { Random } from '../../../../shared/random.ts'
import { type Recipe, toFloats } from './recipe.ts'

export interface NeighbourArrays extends Readonly<Record<string, Float32Array>> {
  /** (count, side, side, 3) in [0, 1], as the file has it */
  readonly noisy: Float32Array
  /** (count): the level of each crop as a denoiser is told it, estimated, in the unit of the pixels */
  readonly sigma: Float32Array
  /** (count, side / 2, side / 2, 4): 1 at the pixel of each 2x2 cell that goes into the first small picture, else 0 */
  readonly first: Float32Array
  /** The same for the second: a pixel beside the first one. */
  readonly second: Float32Array
}

/** Pixels of a 2x2 cell, row by row, that lie side by side: each pair, either of them first. */
const pairs = [
  [0, 1],
  [0, 2],
  [1, 3],
  [2, 3],
  [1, 0],
  [2, 0],
  [3, 1],
  [3, 2],
] as const

/**
 * Noisy crops alone, and two neighbours drawn in each of their 2x2 cells: the random sub-sampler of Neighbor2Neighbor
 * (Huang et al., CVPR 2021, arXiv 2101.02824). No clean picture is known here; the level is estimated.
 */
export const neighbours: Recipe<object, NeighbourArrays> = {
  defaults: {},
  check() {},
  make(crops) {
    const { count, side } = crops
    const noisy = toFloats(crops.pixels)
    const sigma = new Float32Array(count)
    const cells = (side >> 1) * (side >> 1)
    const [first, second] = [new Float32Array(count * cells * 4), new Float32Array(count * cells * 4)]
    const size = side * side * 3
    for (let index = 0; index < count; index++) {
      const data = noisy.subarray(index * size, (index + 1) * size)
      const found = estimatePictureNoise({ width: side, height: side, channels: 3, data })
      sigma[index] = toldLevel255(found, 'white') / 255
      drawNeighbours(first, second, index * cells, cells, crops.random(index))
    }
    return { noisy, sigma, first, second }
  },
}

/** Fills the masks of `cells` cells, from the cell `from` on. */
export function drawNeighbours(
  first: Float32Array,
  second: Float32Array,
  from: number,
  cells: number,
  random: Random,
): void {
  for (let cell = from; cell < from + cells; cell++) {
    const [a, b] = pairs[random.uint32() >>> 29]
    first[4 * cell + a] = 1
    second[4 * cell + b] = 1
  }
}
