/** Values at positions of a grid, channels last, with zeros around it. */
export class PaddedGrid {
  readonly rows: number
  readonly columns: number
  readonly channels: number
  readonly values: Float32Array
  readonly #margin: { readonly rows: number; readonly columns: number }

  constructor(rows: number, columns: number, channels: number, margin: { rows: number; columns: number }) {
    ;[this.rows, this.columns, this.channels] = [rows, columns, channels]
    this.#margin = margin
    this.values = new Float32Array((rows + 2 * margin.rows) * (columns + 2 * margin.columns) * channels)
  }

  /** Where a position's values begin in `values`; row and column may lie in the margin. */
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

/** Positions of which patches are taken: all, or those of one colour of the checkerboard. */
export type Colour = 'all' | 0 | 1

/**
 * What positions see of a grid side by side, so that a matrix product is a convolution: (positions, seen positions *
 * channels), row by row.
 * @param runsOf what a position of a row sees
 * @param into receives them; long enough
 */
export function patchesOf(
  grid: PaddedGrid,
  colour: Colour,
  runsOf: (row: number) => readonly Run[],
  into: Float32Array,
): void {
  const { rows, columns, channels, values } = grid
  const step = colour === 'all' ? 1 : 2
  let at = 0
  for (let row = 0; row < rows; row++) {
    const runs = runsOf(row).map(({ row: down, column, count }) => ({
      start: grid.start(row + down, column),
      length: count * channels,
    }))
    for (let column = colour === 'all' ? 0 : (row + colour) & 1; column < columns; column += step) {
      const shift = column * channels
      for (const { start, length } of runs) {
        into.set(values.subarray(start + shift, start + shift + length), at)
        at += length
      }
    }
  }
}

/** Positions of one colour of a checkerboard, row by row: row + column even (0) or odd (1). */
export function positionsOf(rows: number, columns: number, parity: 0 | 1): Int32Array {
  const all = Int32Array.from({ length: rows * columns }, (_, i) => i)
  return all.filter((i) => ((Math.floor(i / columns) + (i % columns)) & 1) === parity)
}
