import { keptAt, keptDeviation } from './clipped-normal.ts'
import {
  deviationPerMagnitude,
  isClipped,
  laplacianDifference,
  mostSamples,
  neighbourhoodMean,
} from './neighbourhood.ts'

const side = 16
const area = side * side
/** Relative spread of Immerkaer's estimate over 16x16 pixels of white noise, measured. */
const spread = 0.0824
/** 1 / (1 - spread * density(1) / share(1)): undoes the cut one spread above the level. */
const cutCorrection = 1 / (1 - (spread * 0.24197072) / 0.84134475)
const leastKept = 0.6

/**
 * Noise level of a plane from its flattest 16x16 blocks: Immerkaer's estimate in each; beginning with the level
 * that one block in ten stays below, the mean of those no more than one spread above the level, until it rests.
 * Where noise was clipped to [0, 1], its loss is undone as in `opponentSigma255`.
 * @param plane height * width values, white 1
 * @returns standard deviation in levels of 255; NaN where no block can tell, as under 18x18 pixels
 */
export function flatBlocksSigma255(plane: Float32Array, width: number, height: number): number {
  const blocks = takeBlocks(plane, width, height)
  let sigma = levelOf(blocks, undefined)
  if (!isClipped(plane)) return 255 * sigma
  for (let turn = 0; turn < 10; turn++) {
    const next = levelOf(blocks, keptDeviation(sigma))
    if (!(Math.abs(next - sigma) > 2e-5)) return 255 * next
    sigma = next
  }
  return 255 * sigma
}

interface Blocks {
  /** Mean magnitude of the filter in each block. */
  magnitudes: number[]
  /** Local means of each block's pixels, 256 for each block. */
  means: Float32Array
}

function takeBlocks(plane: Float32Array, width: number, height: number): Blocks {
  const across = Math.max(0, Math.floor((width - 2) / side))
  const down = Math.max(0, Math.floor((height - 2) / side))
  const step = Math.max(1, Math.ceil((across * down * area) / mostSamples))
  const means = new Float32Array(across * Math.ceil(down / step) * area)
  const magnitudes: number[] = []
  let n = 0
  for (let row = 0; row < down; row += step) {
    for (let column = 0; column < across; column++) {
      let sum = 0
      for (let i = 0; i < area; i++, n++) {
        const at = (row * side + (i >> 4) + 1) * width + column * side + (i & 15) + 1
        sum += Math.abs(laplacianDifference(plane, at, 1, width))
        means[n] = neighbourhoodMean(plane, at, 1, width)
      }
      magnitudes.push(sum / area)
    }
  }
  return { magnitudes, means }
}

function levelOf({ magnitudes, means }: Blocks, table: Float64Array | undefined): number {
  const levels: number[] = []
  magnitudes.forEach((magnitude, block) => {
    let kept = 1
    if (table) {
      kept = 0
      for (let i = block * area; i < (block + 1) * area; i++) kept += keptAt(table, means[i])
      kept /= area
    }
    // A block without any difference is saturated, or painted: it says nothing about noise.
    if (magnitude > 0 && kept >= leastKept) levels.push((deviationPerMagnitude * magnitude) / kept)
  })
  if (levels.length === 0) return NaN
  levels.sort((a, b) => a - b)
  let level = levels[Math.floor(levels.length / 10)] / (1 - 1.2816 * spread)
  for (let turn = 0; turn < 10; turn++) {
    const limit = level * (1 + spread)
    const flat = levels.filter((value) => value <= limit)
    if (flat.length === 0) break
    level = (cutCorrection * flat.reduce((sum, value) => sum + value, 0)) / flat.length
  }
  return level
}
