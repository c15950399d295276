import { AppError, toAppError } from '../../../shared/errors.ts'
import type { Job, JobProgress } from '../../catalog/job.ts'
import type { Json } from '../../catalog/json.ts'
import { JobRunner } from '../../jobs/runner.ts'
import type { TrainProgress } from '../../training/run.ts'
import type { Core } from '../core.ts'
import { resumeRun, startRun } from '../train.ts'
import { planTrial, type SweepInput, sweepInput, trialName } from './input.ts'
import { nextTrial, rungsOf, trialsOf } from './plan.ts'
import { failedMetric, type SweepTable, stateOf, sweepTable, totalStepsMetric } from './table.ts'

export interface SweepOptions {
  readonly signal?: AbortSignal | undefined
  readonly onTrial?: ((text: string) => void) | undefined
  readonly onProgress?: ((run: string, report: TrainProgress) => void) | undefined
}

/** Begins a sweep: it is a job of the catalog, its trials are runs. @throws AppError `conflict`, `bad-input` */
export function addSweep({ catalog }: Pick<Core, 'catalog'>, input: SweepInput): Job {
  trialsOf(input)
  if (sweepsOf(catalog).some(({ input: known }) => known.id === input.id)) {
    throw new AppError(
      'conflict',
      `there is a sweep '${input.id}' already: go on with it (--resume ${input.id}), or choose another name`,
    )
  }
  return catalog.jobs.add({ kind: 'sweep', input: input as unknown as Json })
}

/** @throws AppError `not-found` naming the sweeps there are */
export function findSweep({ catalog }: Pick<Core, 'catalog'>, id: string): Job {
  const all = sweepsOf(catalog)
  const found = all.find(({ input }) => input.id === id)
  if (found) return found.job
  throw new AppError(
    'not-found',
    `no sweep '${id}'; there are: ${all.map(({ input }) => input.id).join(', ') || 'none'}`,
  )
}

/** The latest first; those of a later version are left out. */
export function sweepsOf(catalog: Core['catalog']): { job: Job; input: SweepInput }[] {
  return catalog.jobs
    .list()
    .filter(({ kind }) => kind === 'sweep')
    .flatMap((job) => {
      const { success, data } = sweepInput.safeParse(job.input)
      return success ? [{ job, input: data }] : []
    })
}

/** Works through a sweep, or what is left of it; when the signal fires it can be gone on with. */
export async function runSweep(core: Core, job: Job, options: SweepOptions = {}): Promise<SweepTable> {
  const queued = job.status === 'queued' ? job : core.catalog.jobs.requeue(job.id)
  let failure: AppError | null = null
  const runner = new JobRunner(core.catalog.jobs, {
    sweep: async (_, { signal, progress }) => {
      await workThrough(core, job, progress, { ...options, signal }).catch((error) => {
        failure = toAppError(error)
        throw error
      })
      return {}
    },
  })
  await runner.run(queued.id, options.signal ? { signal: options.signal } : {})
  const failed = failure as AppError | null
  if (failed && failed.code !== 'aborted') throw failed
  return sweepTable(core.catalog, job.id)
}

/** Trial after trial, to its next rung, until none is left that may go on. */
export async function workThrough(
  core: Core,
  job: Job,
  progress: (progress: JobProgress) => void,
  { signal, onTrial, onProgress }: SweepOptions = {},
): Promise<void> {
  const input = sweepInput.parse(job.input)
  const trials = trialsOf(input)
  const rungs = rungsOf(input)
  for (;;) {
    signal?.throwIfAborted()
    const states = trials.map((_, i) => stateOf(core.catalog, input, i))
    const next = nextTrial(states, rungs.length, input.eta)
    const done = states.filter(({ figures }) => figures.length > 0).length
    const run = next && trialName(input, next.trial)
    const message = next ? `${run}: to ${rungs[next.rung]} epochs` : ''
    progress({ done, total: trials.length, message })
    if (!next || !run) return
    onTrial?.(`${message}, ${JSON.stringify(trials[next.trial])}`)
    const { trial, rung } = next
    await trainTo(core, input, { job: job.id, id: run, settings: trials[trial]!, rung, signal, onProgress })
  }
}

interface Trial extends Pick<SweepOptions, 'signal' | 'onProgress'> {
  /** of the sweep */
  readonly job: number
  readonly id: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly rung: number
}

/** Trains a trial until it has been judged at a rung; where that is not the last, it is put aside there. */
async function trainTo(core: Core, input: SweepInput, trial: Trial): Promise<void> {
  const { id, settings, rung, signal, onProgress } = trial
  const { runs } = core.catalog
  const rungs = rungsOf(input)
  const aside = new AbortController()
  const isLast = rung === rungs.length - 1
  const epochs = rungs[rung]!
  let totalSteps = 0
  const report = (progress: TrainProgress) => {
    if (progress.kind === 'steps' && progress.latest.totalSteps && totalSteps === 0) {
      totalSteps = progress.latest.totalSteps
      runs.metrics.add(id, [{ name: totalStepsMetric, step: 0, value: totalSteps }])
    }
    const isThere =
      progress.kind === 'validation' &&
      totalSteps > 0 &&
      progress.step >= Math.floor((epochs * totalSteps) / input.maxEpochs)
    if (isThere && !isLast) aside.abort(new AppError('aborted', 'put aside at its rung'))
    onProgress?.(id, progress)
  }
  const options = {
    signal: signal ? AbortSignal.any([signal, aside.signal]) : aside.signal,
    onProgress: report,
  }
  try {
    if (runs.byId(id)) await resumeRun(core, id, options)
    else await startRun(core, await planTrial(input, settings, id), options)
  } catch (error) {
    // One trial that diverges or does not fit is a row of the table, not the end of the sweep; where the first does
    // not fit, none will.
    const { code, message } = toAppError(error)
    if (code !== 'engine' && code !== 'bad-input') throw error
    if (!runs.byId(id)) throw error
    runs.metrics.add(id, [{ name: failedMetric, step: 0, value: 1 }])
    const isFirst = sweepTable(core.catalog, trial.job).rows.every(({ figure }) => figure === null)
    if (code === 'bad-input' && isFirst) throw new AppError(code, `trial ${id}: ${message}`, { cause: error })
  }
  signal?.throwIfAborted()
  if (runs.byId(id)?.status === 'running') throw new AppError('internal', `trial ${id} did not end`)
}
