import type { CentreCrop } from '../data/centre-crops.ts'
import type { Samples } from '../task.ts'

const side = 96
const shown = 6

/** The middles of a few held-out photos, as the network is given them and as it gives them back. */
export function photoSamples(
  photos: readonly CentreCrop[],
  compute: (
    data: Float32Array,
    shape: [1, number, number, 3],
  ) => { input: Float32Array; output: Float32Array },
): Samples {
  const large = photos.filter(({ shape }) => shape[1] >= side && shape[2] >= side).slice(0, shown)
  const size = side * side * 3
  const inputs = new Float32Array(large.length * size)
  const outputs = new Float32Array(large.length * size)
  for (const [i, photo] of large.entries()) {
    const { input, output } = compute(middle(photo), [1, side, side, 3])
    inputs.set(input, i * size)
    outputs.set(output, i * size)
  }
  return { rows: side, columns: side, channels: 3, inputs, outputs }
}

function middle({ shape, data }: CentreCrop): Float32Array {
  const [, height, width] = shape
  const [left, top] = [(width - side) >> 1, (height - side) >> 1]
  const cut = new Float32Array(side * side * 3)
  for (let y = 0; y < side; y++) {
    const from = ((top + y) * width + left) * 3
    cut.set(data.subarray(from, from + side * 3), y * side * 3)
  }
  return cut
}
