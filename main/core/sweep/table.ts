import type { SweepTrial } from '../../../shared/contract/sweeps.ts'
import type { Catalog } from '../../catalog/open.ts'
import { type SweepInput, sweepInput, trialName } from './input.ts'
import { rungsOf, type TrialState, trialsOf } from './plan.ts'

export interface SweepTable {
  readonly id: string
  readonly by: string
  readonly isHigherBetter: boolean
  readonly job: number
  readonly status: string
  /** the best first */
  readonly rows: readonly SweepTrial[]
}

/** Steps of a trial's whole run, kept with its figures when it begins. */
export const totalStepsMetric = 'sweep/steps'
export const failedMetric = 'sweep/failed'

/** From the catalog alone, so that a sweep goes on after a restart: the best figure up to each rung that was reached. */
export function stateOf({ runs }: Catalog, input: SweepInput, trial: number): TrialState {
  const rungs = rungsOf(input)
  const id = trialName(input, trial)
  const run = runs.byId(id)
  if (!run) return { figures: [] }
  if (runs.metrics.series(id, failedMetric).length > 0 || run.status === 'failed')
    return { figures: rungs.map(() => null) }
  const points = runs.metrics.series(id, input.by)
  const total = totalSteps(runs, id, input)
  // A run may end before its length, by its patience.
  const isOver = run.status === 'finished'
  const last = points.at(-1)?.step ?? 0
  const figures: number[] = []
  for (const [i, epochs] of rungs.entries()) {
    const until = Math.floor((total * epochs) / input.maxEpochs)
    const isLast = i === rungs.length - 1
    if (!isOver && (isLast || last < until || last === 0)) break
    const upTo = points
      .filter(({ step }) => isLast || step <= until)
      .map(({ value }) => (input.isHigherBetter ? -value : value))
    figures.push(Math.min(...upTo.filter(Number.isFinite)))
  }
  return { figures }
}

/** Infinity while it is not known. */
function totalSteps({ metrics }: Catalog['runs'], id: string, { maxEpochs }: SweepInput): number {
  const [kept] = metrics.series(id, totalStepsMetric)
  if (kept) return kept.value
  // Of sweeps that did not keep it yet: they were judged once an epoch.
  const first = metrics.series(id, 'loss/validation').find(({ step }) => step > 0)
  return first ? first.step * maxEpochs : Infinity
}

/** What a sweep found so far, the best trial first. */
export function sweepTable(catalog: Catalog, jobId: number): SweepTable {
  const job = catalog.jobs.get(jobId)
  const input = sweepInput.parse(job.input)
  const { id, by, isHigherBetter } = input
  const rows = trialsOf(input).map((settings, trial) => rowOf(catalog, input, settings, trial))
  // Of two alike the one that was trained longer; those of longer rungs are not better for that alone.
  const order = ({ figure }: SweepTrial) => (figure === null ? Infinity : isHigherBetter ? -figure : figure)
  rows.sort((a, b) => compare(order(a), order(b)) || b.epochs - a.epochs)
  return { id, by, isHigherBetter, job: jobId, status: job.status, rows }
}

function rowOf(
  catalog: Catalog,
  input: SweepInput,
  settings: Readonly<Record<string, unknown>>,
  trial: number,
): SweepTrial {
  const run = trialName(input, trial)
  const known = catalog.runs.byId(run)
  const { figures } = stateOf(catalog, input, trial)
  const isFailed = figures.length > 0 && figures.every((figure) => figure === null)
  const figure = figures.findLast((each) => each !== null) ?? null
  const status = isFailed ? 'failed' : statusOf(known?.status, figures.length)
  return {
    ...{ run, settings, status, error: known?.error ?? null },
    epochs: isFailed ? 0 : (rungsOf(input)[figures.length - 1] ?? 0),
    figure: figure === null ? null : input.isHigherBetter ? -figure : figure,
    model: catalog.models.byId(run) ? run : null,
  }
}

/** One that was put aside at a rung may still go on: whether it does is known when the sweep is over. */
function statusOf(run: string | undefined, rungs: number): SweepTrial['status'] {
  if (run === 'running') return 'training'
  if (run === 'finished') return 'finished'
  return rungs > 0 ? 'stopped early' : 'waiting'
}

/** Infinities are equal. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b
}
