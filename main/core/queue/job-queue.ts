import { stat } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import type { Undo } from '../../../shared/contract/common.ts'
import { automaticModel } from '../../../shared/contract/denoise.ts'
import type { CheckedJob, JobEntry } from '../../../shared/contract/jobs.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Job } from '../../catalog/job.ts'
import type { Json } from '../../catalog/json.ts'
import { type JobFunction, JobRunner } from '../../jobs/runner.ts'
import { projectRoot } from '../../platform/folders.ts'
import type { Access } from '../access.ts'
import { chooseDenoiser } from '../choose-denoiser.ts'
import type { Core } from '../core.ts'
import { importFound } from '../import.ts'
import { compressWork } from '../jobs/compress-job.ts'
import { decompressWork } from '../jobs/decompress-job.ts'
import { denoiseWork } from '../jobs/denoise-job.ts'
import { dayTaken, sampleNaming } from '../jobs/naming.ts'
import { noiseWork } from '../jobs/noise-job.ts'
import { type BatchInput, type PictureWork, pictureBatch, targetOf } from '../jobs/picture-batch.ts'
import { formatFor } from '../jobs/picture-output.ts'
import { type RestoreInput, restoreMethod, restoreWork } from '../jobs/restore-job.ts'
import { findModel } from '../model-library.ts'
import { keptMask } from '../restore/masks.ts'
import type { SettingsStore } from '../settings.ts'
import { Topic } from '../topic.ts'
import type { UndoSteps } from '../undo.ts'
import { entryOf, type Live } from './entries.ts'
import { jobInput, type QueuedInput } from './job-inputs.ts'

export interface QueueParts {
  readonly core: Core
  readonly settings: SettingsStore
  readonly access: Access
  readonly undo: UndoSteps
  /** what is done for a job of kind `sweep` */
  readonly sweep: JobFunction
  /** images came into the library */
  readonly onImported: () => void
}

/** How often other processes' jobs are looked at, and those of dead ones are given up. */
const lookMs = 2000

/** The application's queue: takes jobs one after the other, tells how they go, and goes on after a restart. */
export class JobQueue {
  /** ids of jobs that began, went on, ended, came or went */
  readonly changed = new Topic<number>()
  readonly ended = new Topic<Job>()
  readonly #parts: QueueParts
  readonly #runner: JobRunner
  /** Hours of training do not hold up exports. */
  readonly #training: JobRunner
  readonly #live = new Map<number, Live>()
  readonly #timer: NodeJS.Timeout
  #seen = new Map<number, string>()

  constructor(parts: QueueParts) {
    this.#parts = parts
    const { core } = parts
    const model = (job: Job) => (job.input as unknown as { model: string }).model
    this.#runner = new JobRunner(
      core.catalog.jobs,
      {
        denoise: this.#batch((job) => denoiseWork(core, model(job))),
        noise: this.#batch(() => noiseWork(core)),
        compress: this.#batch((job) => compressWork(core, model(job))),
        decompress: this.#batch(() => decompressWork(core)),
        restore: this.#batch((job) => restoreWork(core, (job.input as unknown as RestoreInput).method)),
      },
      { onChange: (job) => this.#note(job) },
    )
    this.#training = new JobRunner(
      core.catalog.jobs,
      { sweep: this.#told(parts.sweep) },
      { onChange: (job) => this.#note(job) },
    )
    for (const job of core.catalog.jobs.list({ status: 'interrupted' })) {
      if (isFromWindow(job)) core.catalog.jobs.requeue(job.id)
    }
    this.#timer = setInterval(() => this.#look(), lookMs)
    this.#look()
    this.#runner.start()
    this.#training.start()
  }

  list(): JobEntry[] {
    return this.#parts.core.catalog.jobs.list({ limit: 500 }).map((job) => this.#entry(job))
  }

  /** Those of the ids that are there. */
  some(ids: readonly number[]): JobEntry[] {
    return ids.flatMap((id) => {
      const job = this.#parts.core.catalog.jobs.byId(id)
      return job ? this.#entry(job) : []
    })
  }

  entry(id: number): JobEntry {
    return this.#entry(this.#parts.core.catalog.jobs.get(id))
  }

  /** Jobs of windows that run or wait to: what a closing window asks about. */
  get active(): number {
    const { jobs } = this.#parts.core.catalog
    return [...jobs.list({ status: 'running' }), ...jobs.list({ status: 'queued' })].filter(isFromWindow)
      .length
  }

  /** @throws AppError for a picture that is gone or outside of what is served, a template, a model or a parameter */
  async start(job: CheckedJob): Promise<JobEntry> {
    const paths = await this.#parts.access.checkAll(this.#pathsOf(job))
    const input = await this.#inputOf(job, foldersOf(paths))
    await this.#firstTarget(job, input, paths[0]!) // a template that cannot be filled in is said now
    const { jobs } = this.#parts.core.catalog
    const { id } = jobs.add({ kind: job.kind, input: input as unknown as Json, items: paths })
    this.take(id)
    return this.entry(id)
  }

  /** A job was added: it is begun at once where nothing is under way. */
  take(id: number): void {
    this.#runnerOf(id).start() // does not wait for the next look
    this.changed.publish(id)
  }

  /** Where the first picture's result goes. Of the others only the folders are looked at. */
  async target(job: CheckedJob): Promise<{ path: string; exists: boolean }> {
    const { access } = this.#parts
    const paths = this.#pathsOf(job)
    const first = await access.check(paths[0]!)
    const folders = await access.checkAll(foldersOf(paths))
    const input = await this.#inputOf(job, [...new Set([dirname(first), ...folders])])
    const path = await this.#firstTarget(job, input, first)
    const exists = await stat(path).then(
      () => true,
      () => false,
    )
    return { path, exists }
  }

  pause(id: number): JobEntry {
    return this.#entry(this.#runnerOf(id).pause(id))
  }

  cancel(id: number): JobEntry {
    const job = this.#runnerOf(id).cancel(id)
    this.changed.publish(id)
    return this.#entry(job)
  }

  resume(id: number): JobEntry {
    const job = this.#parts.core.catalog.jobs.requeue(id)
    this.take(id)
    return this.#entry(job)
  }

  /** @throws AppError conflict while it runs */
  remove(ids: readonly number[], label: string): Undo {
    const { catalog } = this.#parts.core
    const taken = catalog.bin.takeJobs(ids)
    const tell = () => {
      for (const id of ids) this.changed.publish(id)
    }
    tell()
    return this.#parts.undo.add(label, () => {
      catalog.bin.putBack(taken)
      tell()
    })
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all([this.#runner.stop(), this.#training.stop()])
  }

  #runnerOf(id: number): JobRunner {
    return this.#parts.core.catalog.jobs.get(id).kind === 'sweep' ? this.#training : this.#runner
  }

  /** With its progress told. */
  #told(work: JobFunction): JobFunction {
    return (job, context) => {
      const sinceMs = Date.now()
      let from: number | null = null
      return work(job, {
        ...context,
        progress: (progress) => {
          context.progress(progress)
          const { done, total, message = '' } = progress
          const fraction = total > 0 ? done / total : 0
          from ??= fraction
          this.#live.set(job.id, { fraction, message, from, sinceMs })
          this.changed.publish(job.id)
        },
      })
    }
  }

  #batch<Input extends BatchInput>(workOf: (job: Job) => PictureWork<Input>): JobFunction {
    return async (job, context) => {
      const sinceMs = Date.now()
      let from: number | null = null
      const run = pictureBatch(workOf(job), {
        onProgress: (done, total, message) => {
          const fraction = total > 0 ? done / total : 0
          from ??= fraction
          this.#live.set(job.id, { fraction, message, from, sinceMs })
          this.changed.publish(job.id)
        },
      })
      const counts = await run(job, context)
      await this.#importResults(job)
      return counts
    }
  }

  /** Results go into the library; a noisy copy remembers what it was made of. */
  async #importResults(job: Job): Promise<void> {
    const { core, onImported } = this.#parts
    if (!(job.input as unknown as QueuedInput).importResults) return
    const items = core.catalog.jobs.items.list(job.id, 'done').filter(({ output }) => output !== null)
    const files = items.map(({ output }) => ({ path: output! }))
    await importFound(core, files)
    if (job.kind === 'noise') {
      for (const { input, output } of items) {
        const [clean, noisy] = [core.catalog.images.byPath(input), core.catalog.images.byPath(output!)]
        if (clean && noisy && clean.id !== noisy.id && clean.channels === noisy.channels)
          core.catalog.images.setReference(noisy.id, clean.id)
      }
    }
    onImported()
  }

  /** @throws AppError `not-found` where none is there any more */
  #pathsOf(job: CheckedJob): readonly string[] {
    const paths = job.kind === 'decompress' ? job.files : this.#parts.core.catalog.views.paths(job.images)
    if (paths.length === 0) throw new AppError('not-found', 'none of these images is in the library any more')
    return paths
  }

  async #inputOf(job: CheckedJob, folders: readonly string[]): Promise<QueuedInput> {
    const { core, access, settings } = this.#parts
    if (job.kind === 'denoise') chooseDenoiser(core.catalog, job.settings.model, null)
    if (job.kind === 'compress') findModel(core.catalog, job.settings.model)
    if (job.kind === 'restore') {
      restoreMethod(core, job.settings.method)
      await keptMask(core.folder, job.settings.mask)
    }
    const own = [join(projectRoot, 'assets'), core.folder]
    const input = jobInput(job, folders, settings.current, { own, data: core.folder })
    return { ...input, output: await access.check(input.output) }
  }

  async #firstTarget(job: CheckedJob, input: QueuedInput, first: string): Promise<string> {
    const image = this.#parts.core.catalog.images.byPath(first)
    const isPlain = job.kind === 'decompress' && input.format === 'same'
    const format =
      job.kind === 'compress'
        ? 'hgi'
        : isPlain
          ? 'png'
          : formatFor(input.format, first, image?.bitDepth === 16 ? 16 : 8)
    const naming = {
      ...sampleNaming(job.kind),
      ...(image && { width: image.width, height: image.height }),
      ...(input.template.includes('{date}') && { date: await dayTaken(first) }),
      ...namingOf(job),
    }
    return targetOf(input, first, 0, naming, format)
  }

  #entry(job: Job): JobEntry {
    const { core, access } = this.#parts
    const entry = entryOf(job, core.catalog.jobs.items.counts(job.id), this.#live.get(job.id))
    const { message, outputFolder } = entry
    const isHidden = (path: string) => isAbsolute(path) && !access.covers(path)
    return {
      ...entry,
      message: isHidden(message) ? '' : message,
      outputFolder: outputFolder !== null && isHidden(outputFolder) ? null : outputFolder,
    }
  }

  #note(job: Job): void {
    if (job.status !== 'running') {
      this.#live.delete(job.id)
      this.ended.publish(job)
    }
    this.changed.publish(job.id)
  }

  /** Sees what other processes did to the queue. */
  #look(): void {
    const { catalog } = this.#parts.core
    catalog.interruptAbandoned()
    const now = new Map(
      catalog.jobs.states(500).map(({ id, status, done, total }) => [id, `${status} ${done} ${total}`]),
    )
    for (const [id, state] of now) if (this.#seen.get(id) !== state) this.changed.publish(id)
    for (const id of this.#seen.keys()) if (!now.has(id)) this.changed.publish(id)
    this.#seen = now
  }
}

/** Each once. */
function foldersOf(paths: readonly string[]): string[] {
  return [...new Set(paths.map((path) => dirname(path)))]
}

/** What of a name is known before the work. */
function namingOf(job: CheckedJob): Partial<Record<'model' | 'sigma' | 'quality', string>> {
  if (job.kind === 'decompress') return {}
  if (job.kind === 'restore') return { model: job.settings.method }
  const { model } = job.settings
  if (job.kind === 'denoise' && job.settings.sigma255 !== null)
    return { ...(model !== automaticModel && { model }), sigma: job.settings.sigma255.toFixed(1) }
  if (job.kind === 'denoise' && model === automaticModel) return {}
  if (job.kind === 'compress' && job.settings.target.kind === 'quality')
    return { model, quality: job.settings.target.value.toFixed(0) }
  return { model }
}

function isFromWindow({ input }: Job): boolean {
  return (input as Partial<QueuedInput> | null)?.isFromWindow === true
}
