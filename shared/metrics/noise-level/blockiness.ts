import type { FloatImage } from '../../image.ts'

const block = 8
/** Edges of the picture count as this much at most, so that a few of them do not drown the grid. */
const most = 0.04
const least = 2e-4

/**
 * Traces of JPEG's 8x8 blocks: how much larger steps of the brightness are across the lines of that grid than elsewhere,
 * as the logarithm of the means' ratio. Near 0 without, 0.1 to 0.6 for a noisy picture after JPEG of quality 90 to 30.
 * The grid is looked for at the picture's upper left corner.
 */
export function blockiness(image: FloatImage): number {
  const { width, height, channels, data } = image
  const brightness = new Float32Array(width * height)
  for (let i = 0, j = 0; i < brightness.length; i++, j += channels) {
    brightness[i] = channels === 1 ? data[j] : 0.299 * data[j] + 0.587 * data[j + 1] + 0.114 * data[j + 2]
  }
  const sums = { edge: 0, edges: 0, inside: 0, insides: 0 }
  const add = (at: number, step: number, isEdge: boolean) => {
    const jump =
      brightness[at - step] - 3 * brightness[at] + 3 * brightness[at + step] - brightness[at + 2 * step]
    const size = Math.min(most, Math.abs(jump))
    if (isEdge) {
      sums.edge += size
      sums.edges++
    } else {
      sums.inside += size
      sums.insides++
    }
  }
  for (let y = 0; y < height; y++) {
    for (let x = 1; x < width - 2; x++) add(y * width + x, 1, x % block === block - 1)
  }
  for (let y = 1; y < height - 2; y++) {
    for (let x = 0; x < width; x++) add(y * width + x, width, y % block === block - 1)
  }
  if (sums.edges === 0) return 0
  return Math.log((sums.edge / sums.edges + least) / (sums.inside / sums.insides + least))
}
