import type { FloatImage } from '../../../shared/image.ts'
import {
  type CodeGrid,
  latentRect,
  latentSide,
  overlap,
  tileRect,
  tilesAt,
  withRim,
} from '../../code/grid.ts'
import type { Engine } from '../../engine/host.ts'
import { toFloats } from '../../imaging/sample-floats.ts'
import type { Rect } from '../../imaging/tiles.ts'
import type { EngineTasks, ModelRef } from '../engine-tasks.ts'

/** Decoded latents of a tile in 32nds of a step, rows * columns * channels; null where they are lost. */
export type LatentsOf = (tile: number) => Int16Array | null

export interface SynthesisContext {
  readonly engine: Engine<EngineTasks>
  readonly model: ModelRef
  readonly levelQ: number
  readonly grid: CodeGrid
  /** of RGB samples that pixels are rounded to already in the engine, for less to come over; floats without it */
  readonly depth?: 8 | 16 | undefined
  readonly signal?: AbortSignal | undefined
}

/** The tiles whose latents `synthesise` asks for: those of the pixels, and those that reach into their rim. */
export function tilesFor(grid: CodeGrid, pixels: Rect): number[] {
  const { x, y, width, height } = withRim(grid, latentRect(pixels))
  const side = latentSide
  return tilesAt(grid, { x: x * side, y: y * side, width: width * side, height: height * side })
}

/**
 * Pixels inside one tile, with the neighbours' latents around them, so that tiles have no seams.
 * @param pixels a part of tile `own` in the padded picture
 * @returns three channels, not clipped; `offset` is where the pixels asked for begin in it
 */
export async function synthesise(
  { engine, model, levelQ, grid, depth, signal }: SynthesisContext,
  own: number,
  pixels: Rect,
  latentsOf: LatentsOf,
): Promise<{ image: FloatImage; offset: { x: number; y: number } }> {
  const around = withRim(grid, latentRect(pixels))
  const latents = gatherLatents(grid, own, around, latentsOf)
  const request = { model, levelQ, rows: around.height, columns: around.width, latents }
  const data = depth
    ? toFloats(await engine.call('synthesiseSamples', { ...request, depth }, { signal }))
    : await engine.call('synthesiseTile', request, { signal })
  return {
    image: { width: around.width * latentSide, height: around.height * latentSide, channels: 3, data },
    offset: { x: pixels.x - around.x * latentSide, y: pixels.y - around.y * latentSide },
  }
}

/** Latents of a rectangle of positions. Where a neighbour's are lost, the own tile's nearest stand in for them. */
export function gatherLatents(
  grid: CodeGrid,
  own: number,
  positions: Rect,
  latentsOf: LatentsOf,
): Int16Array {
  const ownPositions = latentRect(tileRect(grid, own))
  const ownLatents = latentsOf(own)!
  const channels = ownLatents.length / (ownPositions.width * ownPositions.height)
  const out = new Int16Array(positions.width * positions.height * channels)
  const side = latentSide
  const area = {
    ...{ x: positions.x * side, y: positions.y * side },
    ...{ width: positions.width * side, height: positions.height * side },
  }
  for (const tile of tilesAt(grid, area)) {
    const place = latentRect(tileRect(grid, tile))
    const part = overlap(place, positions)
    const known = latentsOf(tile)
    for (let y = part.y; y < part.y + part.height; y++) {
      const to = ((y - positions.y) * positions.width + part.x - positions.x) * channels
      if (known) {
        const from = ((y - place.y) * place.width + part.x - place.x) * channels
        out.set(known.subarray(from, from + part.width * channels), to)
        continue
      }
      const row = clamp(y - ownPositions.y, ownPositions.height)
      for (let i = 0; i < part.width; i++) {
        const column = clamp(part.x + i - ownPositions.x, ownPositions.width)
        const from = (row * ownPositions.width + column) * channels
        out.set(ownLatents.subarray(from, from + channels), to + i * channels)
      }
    }
  }
  return out
}

function clamp(index: number, count: number): number {
  return Math.max(0, Math.min(count - 1, index))
}
