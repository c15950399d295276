import { AppError } from '../../shared/errors.ts'

/** Pixels [x, x + width) by [y, y + height). */
export interface Rect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** What one pass computes: the core is what it contributes, the input adds the halo that the model looks at. */
export interface Tile {
  readonly core: Rect
  readonly input: Rect
}

export interface TilePlan {
  readonly width: number
  readonly height: number
  /** Tiles row by row, each row from left to right. */
  readonly rows: readonly (readonly Tile[])[]
  readonly tileCount: number
}

export interface TileOptions {
  /** Longest side of a core; those at the picture's edge, where no halo is, may be longer by one. */
  readonly core: number
  /** Pixels seen around a core, where the picture has them. */
  readonly halo: number
  /** Cores and inputs start at multiples of this: the model's downsampling factor. */
  readonly multiple?: number
}

/**
 * Cuts a picture into cores that cover each pixel once. All inputs are of one size, of at most core + 2 halo, so that
 * a compiled model is traced once for the picture; what tiles at the edge need no halo for, their core takes. All
 * starts are multiples of `multiple`, so that a model that downsamples sees the same phase as on the whole picture;
 * the halo is rounded up for that. The inputs' size exceeds multiples by as much as the picture's: the model pads
 * them, as it does a whole picture.
 *
 * @throws AppError bad-input for sizes that are not whole numbers in range.
 */
export function tilePlan(width: number, height: number, options: TileOptions): TilePlan {
  const { core, halo, multiple = 8 } = options
  for (const [name, value, least] of [
    ['width', width, 1],
    ['height', height, 1],
    ['core', core, multiple],
    ['halo', halo, 0],
    ['multiple', multiple, 1],
  ] as const) {
    if (!Number.isInteger(value) || value < least) {
      throw new AppError(
        'bad-input',
        `${name}: expected a whole number of at least ${least}, received ${value}`,
      )
    }
  }
  const columns = spans(width, core, halo, multiple)
  const rows = spans(height, core, halo, multiple).map((row) =>
    columns.map((column) => ({
      core: { x: column.start, y: row.start, width: column.size, height: row.size },
      input: { x: column.inputStart, y: row.inputStart, width: column.inputSize, height: row.inputSize },
    })),
  )
  return { width, height, rows, tileCount: rows.length * columns.length }
}

function spans(length: number, core: number, halo: number, multiple: number) {
  const margin = 2 * Math.ceil(halo / multiple)
  // From here in multiples. What is left without the two halos at the ends of a row is shared among its tiles.
  const shared = Math.floor(length / multiple) - margin
  const count = Math.max(1, Math.ceil(shared / Math.floor(core / multiple)))
  if (count === 1) return [{ start: 0, size: length, inputStart: 0, inputSize: length }]
  const share = Math.ceil(shared / count)
  const inputSize = (margin + share) * multiple + (length % multiple)
  const inputStarts = Array.from(
    { length: count },
    (_, k) => Math.floor((k * (shared - share)) / (count - 1)) * multiple,
  )
  const starts = inputStarts.map((inputStart, k) => (k === 0 ? 0 : inputStart + (margin / 2) * multiple))
  return inputStarts.map((inputStart, k) => {
    const start = starts[k]!
    return { start, size: (starts[k + 1] ?? length) - start, inputStart, inputSize }
  })
}
