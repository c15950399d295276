import { type CodeGrid, codeGrid, tileRect } from '../code/grid.ts'
import { LEVEL_LAST, levelOfQuality } from '../code/level.ts'
import type { Engine } from '../engine/host.ts'
import type { Raster } from '../imaging/raster.ts'
import type { PixelSink } from './codec/decode-pass.ts'
import { type EncodePass, encodePass } from './codec/encode-pass.ts'
import {
  type CompressTarget,
  goalOf,
  meets,
  noteOf,
  refuseTarget,
  seekLevel,
  type Trial,
} from './codec/seek-level.ts'
import type { Effort, EngineTasks, ModelRef } from './engine-tasks.ts'

export interface CompressSettings {
  readonly target: CompressTarget
  readonly effort: Effort
  /** length of the whole file for streams of these lengths, one for each tile */
  readonly fileBytes: (streamLengths: readonly number[]) => number
  readonly signal?: AbortSignal | undefined
  /** 0 to 1 */
  readonly onProgress?: ((fraction: number) => void) | undefined
  /** what a decoder would see, tile by tile; again for each pass over the whole picture, the last one counts */
  readonly onDecoded?: PixelSink | undefined
}

/** A picture's tiles, coded. */
export interface CompressedRaster extends EncodePass {
  readonly grid: CodeGrid
  /** of the whole file */
  readonly bytes: number
  readonly psnrDb: number
  /** that the target asks for less than the model's range offers, in words */
  readonly note: string | null
}

/** Trials of a search see so many tiles of a large picture. */
const sampleTiles = 4

/** Where a search starts: what photos need on the average. Bits per pixel, and PSNR, at quality 1 and 100. */
const usual = { bpp: [0.1, 2.5], psnr: [28.5, 40] } as const

/**
 * Codes a picture at a quality, or at the level that meets a target for its file's size or its PSNR most closely. A
 * search is made on a few tiles with at most the usual effort; then whole passes settle it. A size that even the best
 * quality stays below, and a PSNR that even the lowest stays above, get these, and a note.
 * @throws AppError `bad-input` for a target out of the model's reach, with what it reaches; `aborted`, `engine`
 */
export async function compressRaster(
  engine: Engine<EngineTasks>,
  model: ModelRef,
  raster: Raster,
  { target, effort, fileBytes, signal, onProgress, onDecoded }: CompressSettings,
): Promise<CompressedRaster> {
  const grid = codeGrid(raster.width, raster.height)
  const count = grid.rows * grid.columns
  const all = Array.from({ length: count }, (_, i) => i)
  const progress = passProgress(target.kind === 'quality' ? 1 : 3, onProgress)
  const context = { engine, model, grid, signal }

  let decodedLevelQ = -1
  const whole = async (levelQ: number): Promise<CompressedRaster> => {
    decodedLevelQ = levelQ
    const onTile = progress(count)
    const pass = await encodePass(raster, { ...context, levelQ, effort, onTile, onDecoded })
    const bytes = fileBytes(pass.tiles.map(({ stream }) => stream.length))
    return { ...pass, psnrDb: pass.psnrDb!, grid, bytes, note: null }
  }
  if (target.kind === 'quality') return whole(levelOfQuality(target.value))

  const sample = all.length <= sampleTiles ? all : spread(all, sampleTiles)
  const pixelsOf = (tile: number) => tileRect(grid, tile).width * tileRect(grid, tile).height
  const sampled = sample.reduce((sum, tile) => sum + pixelsOf(tile), 0)
  const draftEffort = effort === 0 ? 0 : 1
  const draft = async (levelQ: number): Promise<Trial> => {
    const options = { levelQ, effort: draftEffort, tiles: sample, measure: target.kind === 'psnr' } as const
    const pass = await encodePass(raster, { ...context, ...options, onTile: progress(sample.length) })
    const perPixel = pass.tiles.reduce((sum, { stream }) => sum + stream.length, 0) / sampled
    const bytes = fileBytes(all.map((tile) => Math.round(perPixel * pixelsOf(tile))))
    return { levelQ, bytes, psnrDb: pass.psnrDb ?? Number.NaN }
  }

  const pixels = raster.width * raster.height
  const goal = goalOf(target, pixels)
  const [least, most] =
    target.kind === 'psnr' ? usual.psnr : usual.bpp.map((bpp) => Math.log((bpp * pixels) / 8))
  const slope = (most! - least!) / LEVEL_LAST
  const start = (goal.wanted - least!) / slope
  const isSmall = sample.length === count && draftEffort === effort
  const options = { highest: LEVEL_LAST, slope }
  let found: CompressedRaster
  if (isSmall) {
    found = await seekLevel(goal, { ...options, start, trials: 7 }, whole)
  } else {
    const trials: Trial[] = []
    await seekLevel(goal, { ...options, start, trials: 6 }, async (levelQ) => {
      const trial = await draft(levelQ)
      trials.push(trial)
      return trial
    })
    // The last two trials surround the goal or stand near it: their slope is the one that counts.
    const [a, b] = trials.slice(-2)
    const local = b && a ? (goal.reached(b) - goal.reached(a)) / (b.levelQ - a.levelQ) : slope
    const from = { start: trials.at(-1)!.levelQ, slope: local > 0 ? local : slope }
    found = await seekLevel(goal, { ...options, ...from, trials: 4 }, whole)
  }
  if (!meets(goal, found)) refuseTarget(target, found, pixels)
  // The best may have come before others: what is decoded last has to be what is given.
  if (onDecoded && decodedLevelQ !== found.levelQ) await whole(found.levelQ)
  return { ...found, note: noteOf(goal, found, LEVEL_LAST) }
}

/** So many of them, from all over. */
function spread<T>(items: readonly T[], count: number): T[] {
  return Array.from({ length: count }, (_, i) => items[Math.floor(((i + 0.5) * items.length) / count)]!)
}

/** How many passes a search takes is not known: each is given an equal share of what is left. */
function passProgress(passes: number, onProgress: ((fraction: number) => void) | undefined) {
  let before = 0
  return (tiles: number) => {
    const [from, share] = [before, (1 - before) / passes]
    before += share
    let done = 0
    return () => onProgress?.(from + (share * ++done) / tiles)
  }
}
