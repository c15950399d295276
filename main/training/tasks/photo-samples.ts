import type { CentreCrop } from '../data/centre-crops.ts'
import type { Samples } from '../task.ts'

const shown = 6

/** The middles of a few held-out photos, as the network is given them and as it gives them back. */
export function photoSamples(
  photos: readonly CentreCrop[],
  compute: (
    data: Float32Array,
    shape: [1, number, number, 3],
    /** of the photo */
    index: number,
  ) => { input: Float32Array; output: Float32Array },
  side = 96,
): Samples {
  const large = photos
    .map((photo, index) => ({ ...photo, index }))
    .filter(({ shape }) => shape[1] >= side && shape[2] >= side)
    .slice(0, shown)
  const size = side * side * 3
  const inputs = new Float32Array(large.length * size)
  const outputs = new Float32Array(large.length * size)
  for (const [i, photo] of large.entries()) {
    const { input, output } = compute(middle(photo, side), [1, side, side, 3], photo.index)
    inputs.set(input, i * size)
    outputs.set(output, i * size)
  }
  return { rows: side, columns: side, channels: 3, inputs, outputs }
}

function middle({ shape, data }: CentreCrop, side: number): Float32Array {
  const [, height, width] = shape
  const [left, top] = [(width - side) >> 1, (height - side) >> 1]
  const cut = new Float32Array(side * side * 3)
  for (let y = 0; y < side; y++) {
    const from = ((top + y) * width + left) * 3
    cut.set(data.subarray(from, from + side * 3), y * side * 3)
  }
  return cut
}
