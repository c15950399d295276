import type { BitsGrid } from '../../../shared/contract/compress.ts'
import type { Overlay } from '../../draw/layer.ts'

/** From nothing over the accent to white: more bits are brighter. */
const stops = [
  [0, 0, 0, 0],
  [94, 44, 8, 190],
  [232, 163, 61, 215],
  [255, 246, 220, 235],
] as const

export interface HeatRange {
  /** bits of a position */
  readonly least: number
  readonly most: number
}

/** The range that colours span: the middle 98 % of positions, so that few extremes do not flatten the rest. */
export function heatRange(bits: Float32Array): HeatRange {
  const sorted = Float32Array.from(bits).sort()
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return { least: at(0.01), most: Math.max(at(0.99), at(0.01) + 1e-6) }
}

/** Bits of each 16 x 16 position as colours above the picture. */
export function heatOverlay(
  key: string,
  bits: Float32Array,
  { rows, columns, side }: BitsGrid,
  opacity: number,
): Overlay {
  const { least, most } = heatRange(bits)
  const pixels = new ImageData(columns, rows)
  for (let i = 0; i < rows * columns; i++) {
    const share = Math.min(Math.max((bits[i] - least) / (most - least), 0), 1) * (stops.length - 1)
    const stop = Math.min(Math.floor(share), stops.length - 2)
    for (let c = 0; c < 4; c++) {
      pixels.data[i * 4 + c] = stops[stop][c] + (share - stop) * (stops[stop + 1][c] - stops[stop][c])
    }
  }
  return { key: `heat:${key}`, pixels, width: columns * side, height: rows * side, opacity }
}
