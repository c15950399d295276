import { rm } from 'node:fs/promises'
import type { SweepEntry } from '../../../shared/contract/sweeps.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Job } from '../../catalog/job.ts'
import type { JobContext } from '../../jobs/runner.ts'
import type { Core } from '../core.ts'
import { namesOf } from '../names-of.ts'
import { Topic } from '../topic.ts'
import type { TrainDesk } from '../training/train-desk.ts'
import { checkSweep, type SweepInput, sweepInput, trialName } from './input.ts'
import { trialsOf } from './plan.ts'
import { addSweep, sweepsOf, workThrough } from './sweep.ts'
import { sweepTable } from './table.ts'

/** The sweeps of a catalog, for windows: those that are begun here are jobs of the queue, all of them are told. */
export class SweepDesk {
  /** something became known of a sweep */
  readonly changed = new Topic<void>()
  readonly #core: Core
  readonly #training: TrainDesk
  /** tables of sweeps that rest, by what would change them */
  readonly #resting = new Map<number, { readonly key: string; readonly entry: SweepEntry }>()

  constructor(core: Core, training: TrainDesk) {
    this.#core = core
    this.#training = training
    training.events.on(({ kind }) => kind === 'validated' && this.changed.publish())
  }

  /** The latest first. */
  entries(): SweepEntry[] {
    return sweepsOf(this.#core.catalog).map(({ job, input }) => {
      const key = `${job.status} ${job.attempts} ${job.endedAtMs}`
      const known = this.#resting.get(job.id)
      if (known?.key === key) return known.entry
      const entry = this.#entryOf(job, input)
      if (job.status === 'running') this.#resting.delete(job.id)
      else this.#resting.set(job.id, { key, entry })
      return entry
    })
  }

  /** Puts a sweep into the queue. @throws AppError what it cannot be trained with, named */
  async add(input: SweepInput): Promise<Job> {
    await checkSweep(this.#core, input)
    return addSweep(this.#core, { ...input, isFromWindow: true })
  }

  /** What the queue does for a sweep: its trials, as soon as nothing else is trained here. */
  async work(job: Job, { signal, progress }: JobContext): Promise<Record<string, never>> {
    const training = this.#training
    const { id } = sweepInput.parse(job.input)
    await training.hold(id, signal, () =>
      workThrough(this.#core, job, progress, {
        signal,
        onTrial: () => training.tellRuns(),
        onProgress: (run, report) => training.record(run, report),
      }),
    )
    return {}
  }

  /** Forgets a sweep and the runs of its trials. @throws AppError `conflict` while it runs */
  async remove(jobId: number): Promise<void> {
    const { jobs, runs } = this.#core.catalog
    const job = jobs.get(jobId)
    if (job.kind !== 'sweep') throw new AppError('not-found', `job ${jobId} is no sweep`)
    const input = sweepInput.parse(job.input)
    jobs.remove(jobId)
    this.#resting.delete(jobId)
    for (const trial of trialsOf(input).keys()) {
      const run = runs.byId(trialName(input, trial))
      if (!run || run.status === 'running') continue
      runs.remove(run.id)
      await rm(run.folder, { recursive: true, force: true })
    }
    this.#training.tellRuns()
    this.changed.publish()
  }

  #entryOf(job: Job, input: SweepInput): SweepEntry {
    const { id, by, isHigherBetter, architecture, minEpochs, maxEpochs, eta, split, images } = input
    return {
      ...{ id, by, isHigherBetter, architecture, minEpochs, maxEpochs, eta },
      ...{ job: job.id, status: job.status, createdAtMs: job.createdAtMs, error: job.error },
      message: job.status === 'running' ? job.message : '',
      data: split?.name ?? namesOf(images),
      trials: sweepTable(this.#core.catalog, job.id).rows,
    }
  }
}
