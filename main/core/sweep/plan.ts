import { AppError } from '../../../shared/errors.ts'
import { Random } from '../../../shared/random.ts'
import { gridCount, type Range } from '../../../shared/sweep-range.ts'

export interface SweepPlan {
  /** names the sweep; its trials are runs of the same name with a number */
  readonly id: string
  readonly ranges: Readonly<Record<string, Range>>
  /** all combinations, or so many drawn at random */
  readonly trials: number | 'grid'
  readonly seed: number
  /** epochs of the first rung and of the last; each rung is `eta` times as long as the one before */
  readonly minEpochs: number
  readonly maxEpochs: number
  readonly eta: number
}

const mostTrials = 1000

/**
 * The settings of each trial, in the order they are tried; the same plan gives the same.
 * @throws AppError `bad-input` for a grid of ranges without values, or of too many combinations
 */
export function trialsOf({ ranges, trials, seed }: SweepPlan): Record<string, unknown>[] {
  const names = Object.keys(ranges)
  if (names.length === 0)
    throw new AppError('bad-input', 'a sweep needs at least one setting to try, such as code: 8, 16')
  if (trials === 'grid') {
    const count = gridCount(ranges)
    if (count === null) {
      const endless = names.find((name) => !('values' in ranges[name]!))
      throw new AppError(
        'bad-input',
        `${endless}: a grid takes values, not a range; draw a number of trials from it instead (--trials N)`,
      )
    }
    if (count > mostTrials) {
      throw new AppError(
        'bad-input',
        `a grid of ${count} trials is too large; draw a number of them instead (--trials N)`,
      )
    }
    return names.reduce<Record<string, unknown>[]>(
      (combinations, name) =>
        combinations.flatMap((one) =>
          (ranges[name] as { values: unknown[] }).values.map((value) => ({ ...one, [name]: value })),
        ),
      [{}],
    )
  }
  return Array.from({ length: trials }, (_, i) => {
    const random = new Random([seed, i])
    return Object.fromEntries(names.map((name) => [name, drawn(ranges[name]!, random)]))
  })
}

function drawn(range: Range, random: Random): unknown {
  if ('values' in range) return range.values[random.integer(range.values.length)]
  const { low, high, isWhole } = range
  if (isWhole) {
    // Each whole number has the stretch from half below it to half above.
    const value =
      low > 0
        ? (low - 0.5) * ((high + 0.5) / (low - 0.5)) ** random.uniform()
        : random.between(low - 0.5, high + 0.5)
    return Math.min(high, Math.max(low, Math.round(value)))
  }
  const value = low > 0 ? low * (high / low) ** random.uniform() : random.between(low, high)
  return Number(value.toPrecision(3))
}

/** Epochs of each rung, the last of `maxEpochs`. */
export function rungsOf({
  minEpochs,
  maxEpochs,
  eta,
}: Pick<SweepPlan, 'minEpochs' | 'maxEpochs' | 'eta'>): number[] {
  const rungs: number[] = []
  for (let epochs = minEpochs; epochs < maxEpochs; epochs *= eta) rungs.push(epochs)
  return [...rungs, maxEpochs]
}

/** What became of a trial: its figure at each rung it has reached, lower is better; null where it failed. */
export interface TrialState {
  readonly figures: readonly (number | null)[]
}

export interface NextTrial {
  readonly trial: number
  /** index of the rung to train it to */
  readonly rung: number
}

/**
 * What to do next: the highest trial that is among the best 1 / eta of its rung goes on to the next, else a new one is
 * begun (asynchronous successive halving, Li et al., MLSys 2020, algorithm 2). Null when all is done.
 */
export function nextTrial(states: readonly TrialState[], rungCount: number, eta: number): NextTrial | null {
  for (let rung = rungCount - 2; rung >= 0; rung--) {
    const reached = states.flatMap(({ figures }, trial) => {
      const figure = figures[rung]
      return figure === undefined || figure === null ? [] : [{ trial, figure }]
    })
    reached.sort((a, b) => a.figure - b.figure || a.trial - b.trial)
    const isLast = states.every(({ figures }) => figures.length > 0)
    // While trials are still to begin, only what is surely among the best goes on; then at least one of each rung does.
    const share = Math.floor(reached.length / eta)
    const promoted = reached.slice(0, isLast ? Math.max(1, share) : share)
    const next = promoted.find(({ trial }) => states[trial]!.figures.length === rung + 1)
    if (next) return { trial: next.trial, rung: rung + 1 }
  }
  const fresh = states.findIndex(({ figures }) => figures.length === 0)
  return fresh < 0 ? null : { trial: fresh, rung: 0 }
}
