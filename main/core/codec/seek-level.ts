import { byteSize } from '../../../shared/byte-size.ts'
import { AppError } from '../../../shared/errors.ts'

/** What a picture is to become. */
export type CompressTarget =
  | { readonly kind: 'quality'; readonly value: number }
  /** at most so many bits of the file for each pixel */
  | { readonly kind: 'bpp'; readonly value: number }
  /** at most so many bytes of the file */
  | { readonly kind: 'size'; readonly value: number }
  /** at least so many dB */
  | { readonly kind: 'psnr'; readonly value: number }

/** A target whose level has to be found. */
export type SoughtTarget = Exclude<CompressTarget, { kind: 'quality' }>

/** What one level gave, in the target's terms. */
export interface Trial {
  readonly levelQ: number
  readonly bytes: number
  readonly psnrDb: number
}

/** A target as a rising function of the level: what a trial reaches, what is wanted, and which side of it is allowed. */
export interface Goal {
  readonly wanted: number
  /** in a scale in which levels go up nearly evenly: log bytes, or dB */
  readonly reached: (trial: Trial) => number
  /** the result stays at or below what is wanted (size), or at or above (PSNR) */
  readonly side: 'below' | 'above'
  /** so near is near enough */
  readonly tolerance: number
}

/** @param pixels of the picture */
export function goalOf(target: SoughtTarget, pixels: number): Goal {
  if (target.kind === 'psnr') {
    return { wanted: target.value, reached: ({ psnrDb }) => psnrDb, side: 'above', tolerance: 0.02 }
  }
  const bytes = target.kind === 'size' ? target.value : (target.value * pixels) / 8
  return {
    wanted: Math.log(bytes),
    reached: (trial) => Math.log(trial.bytes),
    side: 'below',
    tolerance: 0.005,
  }
}

export function meets({ wanted, reached, side }: Goal, trial: Trial): boolean {
  return side === 'below' ? reached(trial) <= wanted : reached(trial) >= wanted
}

/** Meets the goal, and is not further from it than need be. */
export function isNear(goal: Goal, trial: Trial): boolean {
  return meets(goal, trial) && Math.abs(goal.reached(trial) - goal.wanted) <= goal.tolerance
}

export interface SeekOptions {
  /** the highest level; the lowest is 0 */
  readonly highest: number
  /** the first level tried */
  readonly start: number
  /** how much a level adds to what is reached, as far as is known; e.g. from an earlier seek */
  readonly slope: number
  readonly trials: number
}

/**
 * The level that meets a goal most closely, by regula falsi within a bracket: what is reached rises with the level,
 * nearly evenly. After so many trials the best so far is taken; until one meets the goal, the search goes on.
 * @returns the end of the range that a goal beyond it is nearest to, whether it meets the goal or not
 */
export async function seekLevel<Found extends Trial>(
  goal: Goal,
  { highest, start, slope, trials }: SeekOptions,
  attempt: (levelQ: number) => Promise<Found>,
): Promise<Found> {
  let low: Found | null = null
  let high: Found | null = null
  let next = within(start, 0, highest)
  for (let count = 1; ; count++) {
    const trial = await attempt(next)
    if (isNear(goal, trial)) return trial
    const isLow = goal.reached(trial) <= goal.wanted
    if (next === (isLow ? highest : 0)) return trial
    if (isLow) low = trial
    else high = trial
    const best = goal.side === 'below' ? low : high
    const isClosed = low && high && high.levelQ - low.levelQ <= 1
    if (best && (isClosed || count >= trials)) return best
    // Late and still on the wrong side: half the way to the right one at each trial ends this soon.
    next = nextLevel(goal, low, high, slope, count >= trials ? 0.5 : null)
    // While one side is open, steps grow: a bracket is worth more than a near miss.
    if (!low || !high) next = trial.levelQ + (next - trial.levelQ) * 1.5 ** (count - 1)
    next = within(next, low ? low.levelQ + 1 : 0, high ? high.levelQ - 1 : highest)
  }
}

/** Aims at the middle of what is near enough; `share` says how far into the bracket instead. */
function nextLevel(
  { wanted, reached, side, tolerance }: Goal,
  low: Trial | null,
  high: Trial | null,
  slope: number,
  share: number | null,
): number {
  const aim = wanted + (side === 'below' ? -0.5 : 0.5) * tolerance
  if (!low || !high) {
    const known = (low ?? high)!
    return known.levelQ + (aim - reached(known)) / slope
  }
  const [a, b] = [reached(low), reached(high)]
  const falsi = share ?? (b > a ? (aim - a) / (b - a) : 0.5)
  // Not at the very ends, where a bent curve would make it creep.
  return low.levelQ + within(falsi, 0.02, 0.98, false) * (high.levelQ - low.levelQ)
}

function within(value: number, least: number, most: number, isWhole = true): number {
  return Math.max(least, Math.min(most, isWhole ? Math.round(value) : value))
}

/** What the end of the range gives beyond what was asked for, in words; null where the goal is met closely. */
export function noteOf(goal: Goal, trial: Trial, highest: number): string | null {
  if (isNear(goal, trial)) return null
  if (goal.side === 'below' && trial.levelQ === highest)
    return 'smaller than asked for, at the best quality there is'
  if (goal.side === 'above' && trial.levelQ === 0)
    return 'better than asked for, at the lowest quality there is'
  return null
}

/**
 * @param end what comes nearest to the target
 * @throws AppError `bad-input`
 */
export function refuseTarget({ kind, value }: SoughtTarget, end: Trial, pixels: number): never {
  const bpp = (8 * end.bytes) / pixels
  throw new AppError(
    'bad-input',
    {
      size: `the smallest this photo can be is ${byteSize(end.bytes)}; ${byteSize(value)} was asked for`,
      bpp: `the least this photo can be is ${bpp.toFixed(3)} bits per pixel; ${value} was asked for`,
      psnr: `the best this photo can be is ${end.psnrDb.toFixed(2)} dB; ${value} dB was asked for`,
    }[kind],
  )
}
