import { AppError } from '../../shared/errors.ts'
import type { Rect } from '../imaging/tiles.ts'

/** Pixels of one latent position and of one hyper position, each way. */
export const latentSide = 16
export const hyperSide = 64
/** Longest side of a tile, in pixels. */
export const tileSide = 1024
/** What analysis sees around a tile, in pixels; what synthesis sees around what it makes, in latent positions. */
const analysisHalo = 64
const synthesisRim = 4

/** How a picture is cut into tiles that decode alone: from the upper left, row by row. */
export interface CodeGrid {
  /** of the picture, in pixels */
  readonly width: number
  readonly height: number
  /** up to multiples of 64 */
  readonly paddedWidth: number
  readonly paddedHeight: number
  readonly rows: number
  readonly columns: number
}

/** @throws AppError `bad-input` for sizes that are no picture's */
export function codeGrid(width: number, height: number): CodeGrid {
  for (const size of [width, height]) {
    if (!Number.isInteger(size) || size < 1) {
      throw new AppError('bad-input', `size: expected whole numbers above 0, received ${width} x ${height}`)
    }
  }
  const padded = (size: number) => Math.ceil(size / hyperSide) * hyperSide
  const [paddedWidth, paddedHeight] = [padded(width), padded(height)]
  const count = (size: number) => Math.ceil(size / tileSide)
  return {
    ...{ width, height, paddedWidth, paddedHeight },
    ...{ rows: count(paddedHeight), columns: count(paddedWidth) },
  }
}

/** A tile's place in the padded picture: its sides are multiples of 64. */
export function tileRect({ columns, paddedWidth, paddedHeight }: CodeGrid, index: number): Rect {
  const x = (index % columns) * tileSide
  const y = Math.floor(index / columns) * tileSide
  const [width, height] = [Math.min(tileSide, paddedWidth - x), Math.min(tileSide, paddedHeight - y)]
  return { x, y, width, height }
}

/** The same with what analysis sees around it, as far as the padded picture reaches. */
export function tileInput(grid: CodeGrid, index: number): Rect {
  return grown(tileRect(grid, index), analysisHalo, grid.paddedWidth, grid.paddedHeight)
}

/** A rectangle of pixels as latent positions, rounded outwards. */
export function latentRect({ x, y, width, height }: Rect): Rect {
  const [left, top] = [Math.floor(x / latentSide), Math.floor(y / latentSide)]
  const [right, bottom] = [Math.ceil((x + width) / latentSide), Math.ceil((y + height) / latentSide)]
  return { x: left, y: top, width: right - left, height: bottom - top }
}

/** Latent positions with those that synthesis sees around them. */
export function withRim(grid: CodeGrid, positions: Rect): Rect {
  return grown(positions, synthesisRim, grid.paddedWidth / latentSide, grid.paddedHeight / latentSide)
}

/** The tiles that a rectangle of pixels touches, by index, row by row. */
export function tilesAt(grid: CodeGrid, { x, y, width, height }: Rect): number[] {
  const indices: number[] = []
  for (let row = Math.floor(y / tileSide); row * tileSide < y + height; row++) {
    for (let column = Math.floor(x / tileSide); column * tileSide < x + width; column++) {
      indices.push(row * grid.columns + column)
    }
  }
  return indices
}

/** What two rectangles share; width and height are 0 or less where that is nothing. */
export function overlap(a: Rect, b: Rect): Rect {
  const [x, y] = [Math.max(a.x, b.x), Math.max(a.y, b.y)]
  return {
    ...{ x, y },
    width: Math.min(a.x + a.width, b.x + b.width) - x,
    height: Math.min(a.y + a.height, b.y + b.height) - y,
  }
}

function grown(rect: Rect, by: number, width: number, height: number): Rect {
  const [x, y] = [Math.max(0, rect.x - by), Math.max(0, rect.y - by)]
  const [right, bottom] = [
    Math.min(width, rect.x + rect.width + by),
    Math.min(height, rect.y + rect.height + by),
  ]
  return { x, y, width: right - x, height: bottom - y }
}
