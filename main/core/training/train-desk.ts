import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { memoryUsage } from 'node:process'
import type { RunEntry, TrainEvent } from '../../../shared/contract/train.ts'
import { AppError, toAppError } from '../../../shared/errors.ts'
import type { Run } from '../../catalog/runs.ts'
import { writeImage } from '../../imaging/write.ts'
import type { TrainProgress } from '../../training/run.ts'
import type { Core } from '../core.ts'
import { imageGrid } from '../latents/image-shape.ts'
import { Topic } from '../topic.ts'
import { resumeRun, startRun, type TrainOptions, type TrainRequest, type TrainResult } from '../train.ts'

interface Active {
  readonly id: string
  readonly kind: 'run' | 'sweep'
  readonly controller: AbortController
  /** what an abort means: the run can go on, or it ends with what it has */
  wish: 'pause' | 'stop'
  readonly ended: Promise<unknown>
  failure: AppError | null
  /** the application closes: what is measured after the training is left out */
  readonly closing: AbortController
}

/** A run that is trained no more, for now or for good. */
export interface EndedTraining extends Pick<Run, 'id' | 'status' | 'error'> {
  /** since it was begun or gone on with */
  readonly tookMs: number
}

/** The trainings of an application: one at a time, told to every window, gone on with after a restart. */
export class TrainDesk {
  readonly events = new Topic<TrainEvent>()
  /** a training began or ended */
  readonly changed = new Topic<void>()
  readonly ended = new Topic<EndedTraining>()
  readonly #core: Core
  readonly #onModel: () => void
  #active: Active | null = null

  constructor(core: Core, onModel: () => void) {
    this.#core = core
    this.#onModel = onModel
  }

  /** How many runs are trained; those of a sweep are a job's. */
  get active(): number {
    return this.#active?.kind === 'run' ? 1 : 0
  }

  runs(): RunEntry[] {
    const { runs, models } = this.#core.catalog
    return runs.list().map((run) => entryOf(run, models.byId(run.modelId) !== undefined))
  }

  /** @throws AppError `conflict` while another run is trained; what planning and starting throw */
  async start(request: TrainRequest): Promise<void> {
    await this.#begun(this.#begin(request.id, (options) => startRun(this.#core, request, options)))
  }

  async resume(id: string): Promise<void> {
    await this.#begun(this.#begin(id, (options) => resumeRun(this.#core, id, options)))
  }

  /** @param wish `pause` keeps a checkpoint to go on from; `stop` makes a model of the best weights */
  async end(id: string, wish: Active['wish']): Promise<void> {
    const active = this.#active
    if (active?.kind !== 'run' || active.id !== id) {
      throw new AppError('conflict', `run ${id} is not trained here at the moment`)
    }
    active.wish = wish
    active.controller.abort(new AppError('aborted', 'stopped on request'))
    await active.ended
  }

  async remove(id: string): Promise<void> {
    const { runs } = this.#core.catalog
    const run = runs.byId(id)
    if (!run) throw new AppError('not-found', `the catalog has no run ${id}`)
    runs.remove(id)
    await rm(run.folder, { recursive: true, force: true })
    this.tellRuns()
  }

  /** Steps of which samples are kept, the first first. */
  async samplesOf(id: string): Promise<number[]> {
    const run = this.#core.catalog.runs.byId(id)
    if (!run) throw new AppError('not-found', `the catalog has no run ${id}`)
    const names = await readdir(join(run.folder, 'samples')).catch(() => [])
    return names
      .flatMap((name) => /^(\d+)\.png$/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b)
  }

  samplesPath(id: string, step: number): string {
    const run = this.#core.catalog.runs.byId(id)
    if (!run) throw new AppError('not-found', `the catalog has no run ${id}`)
    return join(run.folder, 'samples', `${step}.png`)
  }

  async close(): Promise<void> {
    const active = this.#active
    if (!active) return
    const reason = new AppError('aborted', 'the application closes')
    active.controller.abort(reason)
    active.closing.abort(reason)
    await active.ended
  }

  /**
   * Waits until nothing is trained, then does the work, and until it ends nothing else is begun.
   * @param id of the sweep whose trials are trained
   */
  async hold(id: string, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    const stopped = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
    while (this.#active && !signal.aborted) await Promise.race([this.#active.ended, stopped])
    signal.throwIfAborted()
    const working = work()
    const ended = working
      .catch(() => {}) // whoever asked for the work is told
      .finally(() => {
        this.#active = null
        this.#onModel()
        this.tellRuns()
      })
    const [controller, closing] = [new AbortController(), new AbortController()]
    this.#active = { ...{ id, kind: 'sweep', controller, closing, ended }, wish: 'pause', failure: null }
    return working
  }

  #begin(id: string, train: (options: TrainOptions) => Promise<TrainResult>): Active {
    if (this.#active) {
      const { kind, id: other } = this.#active
      throw new AppError('conflict', `${kind} ${other} is being trained: pause or stop it first`)
    }
    const sinceMs = Date.now()
    const [controller, closing] = [new AbortController(), new AbortController()]
    const training = train({
      ...{ signal: controller.signal, measureSignal: closing.signal },
      onProgress: (report) => this.record(id, report),
      isToFinish: () => this.#active?.wish === 'stop',
    })
    const ended = training
      .then(({ run, model }): Pick<Run, 'status' | 'error'> => {
        if (model) this.#onModel()
        return run
      })
      .catch((error) => {
        active.failure = toAppError(error)
        this.events.publish({ kind: 'note', id, text: active.failure.message })
        return { status: 'failed' as const, error: active.failure.message }
      })
      .then(({ status, error }) => {
        this.#active = null
        this.ended.publish({ id, status, error, tookMs: Date.now() - sinceMs })
        this.changed.publish()
        this.tellRuns()
      })
    const active: Active = {
      ...{ id, kind: 'run', controller, closing, ended },
      wish: 'pause',
      failure: null,
    }
    this.#active = active
    this.changed.publish()
    return active
  }

  /** Waits until the run is in the catalog, or could not begin. */
  async #begun(active: Active): Promise<void> {
    for (;;) {
      if (active.failure) throw active.failure
      const status = this.#core.catalog.runs.byId(active.id)?.status
      if (status === 'running' || this.#active !== active) break
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    this.tellRuns()
  }

  tellRuns(): void {
    this.events.publish({ kind: 'runs', runs: this.runs() })
  }

  /** Tells every window how a run goes. */
  record(id: string, report: TrainProgress): void {
    if (report.kind === 'note') {
      this.events.publish({ kind: 'note', id, text: report.text })
    } else if (report.kind === 'steps') {
      const { step, totalSteps, loss, fraction, elapsedMs } = report.latest
      this.events.publish({
        ...{
          kind: 'progress',
          id,
          step,
          totalSteps,
          loss,
          fraction,
          samplesPerSecond: report.samplesPerSecond,
        },
        msLeft: fraction > 0 ? (elapsedMs / fraction) * (1 - fraction) : null,
        memoryUsedBytes: memoryUsage.rss(),
      })
    } else if (report.kind === 'validation') {
      this.events.publish({ kind: 'validated', id, step: report.step })
      if (report.improved) this.tellRuns()
    } else if (report.kind === 'samples') {
      void this.#keepSamples(id, report).catch((error) => {
        this.events.publish({
          kind: 'note',
          id,
          text: `The samples could not be kept: ${toAppError(error).message}`,
        })
      })
    }
  }

  async #keepSamples(
    id: string,
    { step, samples }: Extract<TrainProgress, { kind: 'samples' }>,
  ): Promise<void> {
    const { rows, columns, channels, inputs, outputs } = samples
    const values = new Float32Array(inputs.length + outputs.length)
    values.set(inputs)
    values.set(outputs, inputs.length)
    const count = inputs.length / (rows * columns * channels)
    if (count === 0) return
    const path = this.samplesPath(id, step)
    await mkdir(join(path, '..'), { recursive: true })
    await writeImage(path, imageGrid(values, { rows, columns, channels }, count), {
      format: 'png',
      overwrite: true,
    })
    this.events.publish({ kind: 'validated', id, step })
  }
}

function entryOf({ config, modelId, ...run }: Run, hasModel: boolean): RunEntry {
  const request = config as unknown as Partial<TrainRequest>
  const { architecture = '', task, settings, options } = request.config ?? {}
  const { id, status, bestStep, bestValidation, error, startedAtMs, endedAtMs, folder } = run
  return {
    ...{ id, architecture, status, bestStep, bestValidation, error, startedAtMs, endedAtMs, folder },
    task: task?.kind ?? '',
    data: request.dataNote ?? '',
    parent: request.parentId ?? null,
    model: hasModel ? modelId : null,
    settings: { ...options, ...task?.data, ...(task && 'loss' in task ? task.loss : {}), ...settings },
  }
}
