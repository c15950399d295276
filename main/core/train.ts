import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { AppError, toAppError } from '../../shared/errors.ts'
import type { Json } from '../catalog/json.ts'
import type { Run } from '../catalog/runs.ts'
import type { TrainOutput, TrainProgress } from '../training/run.ts'
import { type RunConfig, runConfig } from '../training/run-config.ts'
import { type Conclusion, concludeRun } from './conclude-run.ts'
import type { Core } from './core.ts'
import { checkFreeId } from './run-model.ts'

export interface TrainRequest {
  /** names the run, and the model it makes */
  readonly id: string
  readonly config: RunConfig
  /** the model whose weights it starts from */
  readonly parentId: string | null
  /** what the card says of the data */
  readonly dataNote: string
  readonly licenceNote: string
}

export interface TrainResult extends Conclusion {
  readonly run: Run
  /** null when the engine was stopped before it could say */
  readonly output: TrainOutput | null
}

export interface TrainOptions {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((report: TrainProgress) => void) | undefined
  /** whether a run that was stopped is over, and its best weights so far a model; else it can go on */
  readonly isToFinish?: (() => boolean) | undefined
  /** ends what is measured after the training; the signal above, unless it is another one */
  readonly measureSignal?: AbortSignal | undefined
}

export function runFolder(core: Core, id: string): string {
  return join(core.folder, 'runs', id)
}

/** Starts a training run: its folder holds run.json, the checkpoint, the best weights and the event files. */
export async function startRun(
  core: Core,
  request: TrainRequest,
  options: TrainOptions = {},
): Promise<TrainResult> {
  await checkFreeId(core, request.id)
  const folder = runFolder(core, request.id)
  const run = core.catalog.runs.start({
    id: request.id,
    modelId: request.id,
    config: request as unknown as Json,
    seed: request.config.settings.seed,
    folder,
  })
  await mkdir(folder, { recursive: true })
  await writeFileAtomic(join(folder, 'run.json'), `${JSON.stringify(request, null, 1)}\n`)
  return follow(core, run, request, false, options)
}

/**
 * Goes on with a run where its last checkpoint stands, or from its start where it has none yet.
 * @throws AppError `not-found`, `conflict` (running, finished), `newer` (its settings are not known here)
 */
export async function resumeRun(core: Core, id: string, options: TrainOptions = {}): Promise<TrainResult> {
  const known = core.catalog.runs.byId(id)
  if (known?.status === 'finished')
    throw new AppError('conflict', `run ${id} is finished; its model is '${id}'`)
  // The catalog's copy, not run.json: that one may not have been written when the run was killed.
  const request = known?.config as unknown as TrainRequest | undefined
  const config = runConfig.safeParse(request?.config)
  if (known && !config.success) {
    const [issue] = config.error.issues
    const what = `${issue!.path.join('.')}: ${issue!.message}`
    throw new AppError('newer', `run ${id} was not planned by this version of Hourglass (${what})`)
  }
  const run = core.catalog.runs.resume(id)
  await mkdir(run.folder, { recursive: true })
  return follow(core, run, { ...request!, config: config.data! }, true, options)
}

async function follow(
  core: Core,
  run: Run,
  request: TrainRequest,
  resume: boolean,
  { signal, onProgress, isToFinish, measureSignal = signal }: TrainOptions,
): Promise<TrainResult> {
  const { runs } = core.catalog
  const record = (report: TrainProgress) => {
    if (report.kind === 'resumed') {
      runs.metrics.removeAfter(run.id, report.step)
      runs.metrics.add(run.id, report.recent)
      if (report.best) runs.setBest(run.id, report.best.step, report.best.validationLoss)
    } else if (report.kind === 'steps') {
      runs.metrics.add(
        run.id,
        report.losses.map(([step, value]) => ({ name: 'loss/training', step, value })),
      )
    } else if (report.kind === 'validation') {
      const figures = { 'loss/validation': report.loss, ...report.metrics }
      runs.metrics.add(
        run.id,
        Object.entries(figures).map(([name, value]) => ({ name, step: report.step, value })),
      )
      if (report.improved) runs.setBest(run.id, report.step, report.loss)
    }
    onProgress?.(report)
  }
  const conclude = async (output: TrainOutput): Promise<TrainResult> => {
    const onNote = (text: string) => onProgress?.({ kind: 'note', text })
    const conclusion = await concludeRun(core, run, request, output, { signal: measureSignal, onNote })
    if (conclusion.verdict) onNote(conclusion.verdict)
    return { run: runs.end(run.id, 'finished'), output, ...conclusion }
  }
  const interrupted = (output: TrainOutput | null): TrainResult => ({
    ...{ run: runs.end(run.id, 'interrupted'), output, model: null, savings: null, verdict: null },
  })
  /** Null where it is to go on later, or nothing was judged yet. */
  const finished = async (output: TrainOutput | null): Promise<TrainResult | null> => {
    const { bestStep, bestValidation, startedAtMs } = runs.byId(run.id)!
    if (!isToFinish?.() || bestStep === null || bestValidation === null) return null
    const best = { step: bestStep, validationLoss: bestValidation }
    const known = output ?? {
      ...{ end: 'aborted' as const, step: bestStep, skipped: 0, elapsedMs: Date.now() - startedAtMs, best },
    }
    return conclude(known)
  }
  try {
    const input = { config: request.config, folder: run.folder, resume }
    const output = await core.training.call('train', input, { signal, onProgress: record })
    if (output.end === 'aborted') {
      return (await finished(output)) ?? interrupted(output)
    }
    return await conclude(output)
  } catch (error) {
    const { code, message } = toAppError(error)
    if (code === 'aborted') {
      return (await finished(null)) ?? interrupted(null)
    }
    runs.end(run.id, code === 'engine' ? 'interrupted' : 'failed', message)
    throw error
  }
}
