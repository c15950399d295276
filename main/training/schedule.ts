import { AppError } from '../../shared/errors.ts'

/**
 * How the learning rate changes over a run, as a factor of the base rate. Warm-up rises linearly over the first
 * steps; the rest follows the fraction of the run that is done, counted in steps or in time.
 */
export type Schedule =
  | { readonly kind: 'constant'; readonly warmupSteps: number }
  /** From 1 along half a cosine to `floor` (Loshchilov and Hutter, SGDR, 2017). */
  | { readonly kind: 'cosine'; readonly warmupSteps: number; readonly floor: number }
  /** Times `factor` at each of the fractions `at`. */
  | {
      readonly kind: 'stairs'
      readonly warmupSteps: number
      readonly at: readonly number[]
      readonly factor: number
    }

export interface Progress {
  /** Steps taken since the schedule began: 0 before the first. */
  readonly step: number
  /** The part of the run that is done, 0 to 1; beyond 1 counts as 1. */
  readonly fraction: number
}

/** The photo models' schedule: 300 steps of warm-up, then a cosine to a thousandth. */
export const defaultSchedule: Schedule = { kind: 'cosine', warmupSteps: 300, floor: 1e-3 }

/** The factor of the learning rate for the step about to be taken. Throws AppError `bad-input` on a schedule out of range. */
export function rateFactor(schedule: Schedule, progress: Progress): number {
  const { step } = progress
  const fraction = Math.min(1, Math.max(0, progress.fraction))
  if (!(schedule.warmupSteps >= 0)) refuse('warmupSteps', 'at least 0', schedule.warmupSteps)
  const warmup = Math.min(1, (step + 1) / Math.max(1, schedule.warmupSteps))
  switch (schedule.kind) {
    case 'constant':
      return warmup
    case 'cosine':
      if (!(schedule.floor >= 0 && schedule.floor <= 1)) refuse('floor', '0 to 1', schedule.floor)
      // The floor is outside the product, so that the very first step is not lost either.
      return schedule.floor + (1 - schedule.floor) * warmup * (0.5 + 0.5 * Math.cos(Math.PI * fraction))
    case 'stairs':
      if (!(schedule.factor > 0)) refuse('factor', 'above 0', schedule.factor)
      return warmup * schedule.factor ** schedule.at.filter((edge) => fraction >= edge).length
  }
}

/** How long a run is: steps (a resume repeats it exactly) or time (a resume depends on the machine's pace). */
export type RunLength = { readonly steps: number } | { readonly elapsedMs: number }

/** The fraction of the run that is done, 0 to 1, from the steps taken and the time spent over all its parts. */
export function fractionDone(
  length: RunLength,
  done: { readonly step: number; readonly elapsedMs: number },
): number {
  const [part, whole] = 'steps' in length ? [done.step, length.steps] : [done.elapsedMs, length.elapsedMs]
  if (!(whole > 0)) refuse('the length of a run', 'above 0', whole)
  return Math.min(1, part / whole)
}

function refuse(name: string, expected: string, received: number): never {
  throw new AppError('bad-input', `schedule: ${name} should be ${expected}, got ${received}`)
}
