import { z } from 'zod'
import { AppError, toAppError } from '../../../shared/errors.ts'
import type { Job } from '../../catalog/job.ts'
import type { Json } from '../../catalog/json.ts'
import { JobRunner } from '../../jobs/runner.ts'
import type { TrainProgress } from '../../training/run.ts'
import type { Core } from '../core.ts'
import { type PlanRequest, planRun } from '../plan-run.ts'
import { resumeRun, startRun } from '../train.ts'
import { nextTrial, rungsOf, type TrialState, trialsOf } from './plan.ts'

const range = z.union([
  z.strictObject({ values: z.array(z.unknown()).min(1) }),
  z.strictObject({ low: z.number(), high: z.number() }),
])

/** As the job of a sweep stores it. */
export const sweepInput = z.strictObject({
  id: z.string(),
  ranges: z.record(z.string(), range),
  trials: z.union([z.literal('grid'), z.int().positive().max(1000)]),
  seed: z.int(),
  minEpochs: z.number().positive(),
  maxEpochs: z.number().positive(),
  eta: z.number().min(2).max(10),
  /** what is compared, lower is better: a metric's name, or `loss/validation` */
  by: z.string(),
  /** a higher figure is better, as for decibels */
  isHigherBetter: z.boolean().default(false),
  architecture: z.string(),
  images: z.array(z.string()),
  validationList: z.string().nullable(),
  given: z.record(z.string(), z.unknown()),
})
export type SweepInput = z.infer<typeof sweepInput>

export interface TrialRow {
  readonly run: string
  readonly settings: Readonly<Record<string, unknown>>
  /** of the longest training it had */
  readonly epochs: number
  /** best so far; null where it failed or has not begun */
  readonly figure: number | null
  readonly status: 'waiting' | 'stopped early' | 'finished' | 'failed' | 'training'
  readonly error: string | null
}

export interface SweepTable {
  readonly id: string
  readonly by: string
  readonly job: number
  readonly status: string
  /** the best first */
  readonly rows: readonly TrialRow[]
}

export interface SweepOptions {
  readonly signal?: AbortSignal | undefined
  readonly onTrial?: ((text: string) => void) | undefined
  readonly onProgress?: ((run: string, report: TrainProgress) => void) | undefined
}

/** Begins a sweep: it is a job of the catalog, its trials are runs. @throws AppError `conflict`, `bad-input` */
export function addSweep(core: Core, input: SweepInput): Job {
  trialsOf(input)
  if (sweeps(core).some(({ input: known }) => known.id === input.id)) {
    throw new AppError(
      'conflict',
      `there is a sweep '${input.id}' already: go on with it (--resume ${input.id})`,
    )
  }
  return core.catalog.jobs.add({ kind: 'sweep', input: input as unknown as Json })
}

/** @throws AppError `not-found` naming the sweeps there are */
export function findSweep(core: Core, id: string): Job {
  const all = sweeps(core)
  const found = all.find(({ input }) => input.id === id)
  if (found) return found.job
  throw new AppError(
    'not-found',
    `no sweep '${id}'; there are: ${all.map(({ input }) => input.id).join(', ') || 'none'}`,
  )
}

function sweeps(core: Core): { job: Job; input: SweepInput }[] {
  return core.catalog.jobs
    .list()
    .filter(({ kind }) => kind === 'sweep')
    .map((job) => ({ job, input: sweepInput.parse(job.input) }))
}

/** Works through a sweep, or what is left of it; when the signal fires it can be gone on with. */
export async function runSweep(core: Core, job: Job, options: SweepOptions = {}): Promise<SweepTable> {
  const queued = job.status === 'queued' ? job : core.catalog.jobs.requeue(job.id)
  let failure: AppError | null = null
  const runner = new JobRunner(core.catalog.jobs, {
    sweep: async (_, { signal, progress }) => {
      await work(core, sweepInput.parse(job.input), { ...options, signal }, progress).catch((error) => {
        failure = toAppError(error)
        throw error
      })
      return {}
    },
  })
  await runner.run(queued.id, options.signal ? { signal: options.signal } : {})
  const failed = failure as AppError | null
  if (failed && failed.code !== 'aborted') throw failed
  return sweepTable(core, job.id)
}

async function work(
  core: Core,
  input: SweepInput,
  { signal, onTrial, onProgress }: SweepOptions,
  progress: (progress: { done: number; total: number; message?: string }) => void,
): Promise<void> {
  const trials = trialsOf(input)
  const rungs = rungsOf(input)
  for (;;) {
    signal?.throwIfAborted()
    const states = trials.map((_, i) => stateOf(core, input, rungs, i))
    const next = nextTrial(states, rungs.length, input.eta)
    progress({ done: states.filter(({ figures }) => figures.length > 0).length, total: trials.length })
    if (!next) return
    const id = runName(input, next.trial)
    onTrial?.(`${id}: to ${rungs[next.rung]} epochs, ${JSON.stringify(trials[next.trial])}`)
    await trainTo(core, input, trials[next.trial]!, id, rungs, next.rung, { signal, onProgress })
  }
}

/** Trains a trial until it has been judged at a rung; where that is not the last, it is put aside there. */
async function trainTo(
  core: Core,
  input: SweepInput,
  settings: Record<string, unknown>,
  id: string,
  rungs: readonly number[],
  rung: number,
  { signal, onProgress }: Pick<SweepOptions, 'signal' | 'onProgress'>,
): Promise<void> {
  const aside = new AbortController()
  const isLast = rung === rungs.length - 1
  const epochs = rungs[rung]!
  let stepsPerEpoch = 0
  const report = (progress: TrainProgress) => {
    if (progress.kind === 'steps' && progress.latest.totalSteps) {
      stepsPerEpoch = progress.latest.totalSteps / input.maxEpochs
    }
    const isThere =
      progress.kind === 'validation' &&
      stepsPerEpoch > 0 &&
      progress.step >= Math.floor(epochs * stepsPerEpoch)
    if (isThere && !isLast) aside.abort(new AppError('aborted', 'put aside at its rung'))
    onProgress?.(id, progress)
  }
  const options = {
    signal: signal ? AbortSignal.any([signal, aside.signal]) : aside.signal,
    onProgress: report,
  }
  try {
    if (core.catalog.runs.byId(id)) await resumeRun(core, id, options)
    else await startRun(core, await planTrial(input, settings, id), options)
  } catch (error) {
    // One trial that diverges or does not fit is a row of the table, not the end of the sweep.
    const { code, message } = toAppError(error)
    if (code !== 'engine' && code !== 'bad-input') throw error
    if (!core.catalog.runs.byId(id)) throw error
    core.catalog.runs.metrics.add(id, [{ name: 'sweep/failed', step: 0, value: 1 }])
    if (code === 'bad-input') throw new AppError(code, `trial ${id}: ${message}`, { cause: error })
  }
  signal?.throwIfAborted()
  if (core.catalog.runs.byId(id)?.status === 'running')
    throw new AppError('internal', `trial ${id} did not end`)
}

function planTrial(input: SweepInput, settings: Record<string, unknown>, id: string) {
  const { model = input.architecture, ...rest } = settings as { model?: string }
  const request: PlanRequest = {
    ...{ architecture: String(model), images: input.images, id, parent: null, licenceNote: 'not stated' },
    length: { epochs: input.maxEpochs },
    given: { ...input.given, ...rest },
    ...(input.validationList ? { validationList: input.validationList } : {}),
  }
  return planRun(request)
}

function runName({ id }: Pick<SweepInput, 'id'>, trial: number): string {
  return `${id}-${trial + 1}`
}

/** From the catalog alone, so that a sweep goes on after a restart: the best figure up to each rung that was reached. */
function stateOf(core: Core, input: SweepInput, rungs: readonly number[], trial: number): TrialState {
  const id = runName(input, trial)
  const run = core.catalog.runs.byId(id)
  if (!run) return { figures: [] }
  const { metrics } = core.catalog.runs
  if (metrics.series(id, 'sweep/failed').length > 0 || run.status === 'failed')
    return { figures: rungs.map(() => null) }
  const points = metrics.series(id, input.by)
  const total = totalSteps(core, id, input)
  const figures: number[] = []
  for (const [i, epochs] of rungs.entries()) {
    const until = total === null ? 0 : Math.floor((total * epochs) / input.maxEpochs)
    const isLast = i === rungs.length - 1
    const last = points.at(-1)?.step ?? 0
    if (isLast ? run.status !== 'finished' : last < until || last === 0) break
    const upTo = points
      .filter(({ step }) => isLast || step <= until)
      .map(({ value }) => (input.isHigherBetter ? -value : value))
    figures.push(Math.min(...upTo.filter(Number.isFinite)))
  }
  return { figures }
}

/** Steps of the whole run, from its validations: one an epoch unless it is said otherwise. */
function totalSteps(core: Core, id: string, input: SweepInput): number | null {
  const steps = core.catalog.runs.metrics.series(id, 'loss/validation').map(({ step }) => step)
  const first = steps.find((step) => step > 0)
  return first === undefined ? null : first * input.maxEpochs
}

/** What a sweep found so far, the best trial first. */
export function sweepTable(core: Core, jobId: number): SweepTable {
  const job = core.catalog.jobs.get(jobId)
  const input = sweepInput.parse(job.input)
  const rungs = rungsOf(input)
  const rows = trialsOf(input).map((settings, trial): TrialRow => {
    const run = runName(input, trial)
    const known = core.catalog.runs.byId(run)
    const { figures } = stateOf(core, input, rungs, trial)
    const isFailed = figures.length > 0 && figures.every((figure) => figure === null)
    const figure = figures.findLast((each) => each !== null) ?? null
    const status = !known
      ? 'waiting'
      : isFailed
        ? 'failed'
        : known.status === 'running'
          ? 'training'
          : known.status === 'finished'
            ? 'finished'
            : 'stopped early'
    return {
      ...{ run, settings, status, error: known?.error ?? null },
      epochs: isFailed ? 0 : (rungs[figures.length - 1] ?? 0),
      figure: figure === null ? null : input.isHigherBetter ? -figure : figure,
    }
  })
  // Of two alike the one that was trained longer; those of longer rungs are not better for that alone.
  const order = (row: TrialRow) =>
    row.figure === null ? Infinity : input.isHigherBetter ? -row.figure : row.figure
  rows.sort((a, b) => order(a) - order(b) || b.epochs - a.epochs)
  return { id: input.id, by: input.by, job: jobId, status: job.status, rows }
}
