/** Values at positions of a grid, channels last. */
export interface Grid {
  readonly rows: number
  readonly columns: number
  readonly channels: number
  readonly values: Float32Array
}

/** Where a tap of a kernel looks, from the position it is for: [rows, columns] */
export type Offset = readonly [number, number]

/**
 * The values around positions side by side, so that a matrix product is a convolution:
 * (positions, offsets * (to - from)), tap by tap; 0 outside the grid.
 * @param positions row * columns + column of each
 */
export function patchesOf(
  { rows, columns, channels, values }: Grid,
  positions: Int32Array,
  offsets: readonly Offset[],
  from = 0,
  to = channels,
): Float32Array {
  const width = to - from
  const patches = new Float32Array(positions.length * offsets.length * width)
  let at = 0
  for (const position of positions) {
    const row = Math.floor(position / columns)
    const column = position - row * columns
    for (const [down, right] of offsets) {
      const [r, c] = [row + down, column + right]
      if (r >= 0 && r < rows && c >= 0 && c < columns) {
        const start = (r * columns + c) * channels
        patches.set(values.subarray(start + from, start + to), at)
      }
      at += width
    }
  }
  return patches
}

/** Taps of a kernel of odd size around its centre, row by row. */
export function taps(size: number): Offset[] {
  const half = size >> 1
  return Array.from({ length: size * size }, (_, i) => [Math.floor(i / size) - half, (i % size) - half])
}

/** Every position of a grid; with a parity, those of a checkerboard: row + column even (0) or odd (1). */
export function positionsOf(rows: number, columns: number, parity?: number): Int32Array {
  const all = Int32Array.from({ length: rows * columns }, (_, i) => i)
  if (parity === undefined) return all
  return all.filter((i) => ((Math.floor(i / columns) + (i % columns)) & 1) === parity)
}
