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
  /** Longest side of a core. */
  readonly core: number
  /** Pixels seen around a core, where the picture has them. */
  readonly halo: number
  /** Cores and inputs start at multiples of this: the model's downsampling factor. */
  readonly multiple?: number
}

/**
 * Cuts a picture into cores that cover each pixel once, of nearly equal size rather than with a sliver at
 * the end. All starts are multiples of `multiple`, so that a model that downsamples sees the same phase as
 * on the whole picture; the halo is rounded up for that. Inputs end at the picture's edge, so their sizes
 * there need not be multiples: the model pads them, as it does a whole picture.
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
  const count = Math.ceil(length / (Math.floor(core / multiple) * multiple))
  const step = Math.ceil(length / count / multiple) * multiple
  const margin = Math.ceil(halo / multiple) * multiple
  const out = []
  for (let start = 0; start < length; start += step) {
    const end = Math.min(length, start + step)
    const inputStart = Math.max(0, start - margin)
    const inputEnd = Math.min(length, end + margin)
    out.push({ start, size: end - start, inputStart, inputSize: inputEnd - inputStart })
  }
  return out
}
