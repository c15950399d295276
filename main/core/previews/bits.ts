import type { BitsGrid } from '../../../shared/contract/compress.ts'
import { latentSide } from '../../code/grid.ts'
import type { Rect } from '../../imaging/tiles.ts'

/** The latent positions that a picture's pixels touch; those of its padding are left out. */
export function bitsGrid(width: number, height: number): BitsGrid {
  const [rows, columns] = [Math.ceil(height / latentSide), Math.ceil(width / latentSide)]
  return { rows, columns, side: latentSide }
}

/** Copies a tile's bits to where they belong in the picture's, as far as they lie in it. */
export function placeBits(
  all: Float32Array,
  { rows, columns }: Pick<BitsGrid, 'rows' | 'columns'>,
  place: Rect,
  bits: Float32Array,
): void {
  const width = Math.min(place.width, columns - place.x)
  for (let row = 0; row < Math.min(place.height, rows - place.y); row++) {
    const from = row * place.width
    all.set(bits.subarray(from, from + width), (place.y + row) * columns + place.x)
  }
}
