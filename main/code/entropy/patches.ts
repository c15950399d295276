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

/** Every position of a grid; with a parity, those of a checkerboard: row + column even (0) or odd (1). */
export function positionsOf(rows: number, columns: number, parity?: number): Int32Array {
  const all = Int32Array.from({ length: rows * columns }, (_, i) => i)
  if (parity === undefined) return all
  return all.filter((i) => ((Math.floor(i / columns) + (i % columns)) & 1) === parity)
}

/** Values at positions of a grid, channels last, with zeros around it. */
export class PaddedGrid {
  readonly rows: number
  readonly columns: number
  readonly channels: number
  readonly #margin: { readonly rows: number; readonly columns: number }
  readonly #values: Float32Array

  constructor(rows: number, columns: number, channels: number, margin: { rows: number; columns: number }) {
    ;[this.rows, this.columns, this.channels] = [rows, columns, channels]
    this.#margin = margin
    this.#values = new Float32Array((rows + 2 * margin.rows) * (columns + 2 * margin.columns) * channels)
  }

  /** Values of a position; to be written to. @param row, column may lie in the margin */
  at(row: number, column: number, count = 1): Float32Array {
    const start = this.start(row, column)
    return this.#values.subarray(start, start + count * this.channels)
  }

  get values(): Float32Array {
    return this.#values
  }

  start(row: number, column: number): number {
    const { rows, columns } = this.#margin
    return ((row + rows) * (this.columns + 2 * columns) + column + columns) * this.channels
  }
}

/** Positions side by side that taps of a kernel see: in the row so far away, from the column so far away on. */
export interface Run {
  readonly row: number
  readonly column: number
  readonly count: number
}

/** The 3x3 positions around one. */
export const square: readonly Run[] = [-1, 0, 1].map((row) => ({ row, column: -1, count: 3 }))

/**
 * What a position of the second colour in an even or odd row sees of the first, within 5x5, where the first lies packed
 * in rows half as long: its 12 neighbours, row by row.
 */
export const seenAnchors: readonly (readonly Run[])[] = [0, 1].map((odd) =>
  [-2, -1, 0, 1, 2].map((row) => (row & 1 ? { row, column: -1, count: 3 } : { row, column: -odd, count: 2 })),
)
