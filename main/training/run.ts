import { AppError } from '../../shared/errors.ts'
import { Random } from '../../shared/random.ts'
import { canCompile } from '../engine/compile/backend.ts'
import { kernelThreads } from '../engine/environment.ts'
import { type NamedTensors, tf } from '../engine/tensorflow.ts'
import {
  type ParameterSpec,
  parametersFromFile,
  parametersToFile,
  startingParameters,
} from '../models/layers/parameters.ts'
import { readSafetensors, writeSafetensors } from '../models/safetensors.ts'
import { architecture } from '../models/zoo.ts'
import { loadCheckpoint, type RunState, removeLeftovers } from './checkpoint.ts'
import { chooseTraining, withPeek } from './choose-training.ts'
import { freshState, freshTensors, type LoopResult, trainLoop } from './loop.ts'
import { bestWeightsPath } from './paths.ts'
import type { LoopEvents, StepReport, ValidationReport } from './reports.ts'
import type { RunConfig } from './run-config.ts'
import { stepReporter } from './step-reporter.ts'
import type { Samples, TrainingTask } from './task.ts'
import { createTask } from './tasks/create-task.ts'
import { createEventWriter } from './tensorboard.ts'

export interface TrainInput {
  readonly config: RunConfig
  /** holds checkpoint, best weights and event files */
  readonly folder: string
  readonly resume: boolean
}

export type TrainProgress =
  /** once, before the first step of a resumed run: what is known of later steps is void, and `recent` may not be known */
  | {
      readonly kind: 'resumed'
      readonly step: number
      readonly best: TrainOutput['best']
      readonly recent: RunState['recent']
    }
  | {
      readonly kind: 'steps'
      /** step and training loss of each step since the last report */
      readonly losses: readonly (readonly [step: number, loss: number])[]
      readonly latest: StepReport
      readonly samplesPerSecond: number
    }
  | ({ readonly kind: 'validation' } & Omit<ValidationReport, 'average'>)
  /** held-out images and what the weights that were just judged make of them */
  | { readonly kind: 'samples'; readonly step: number; readonly samples: Samples }
  | { readonly kind: 'note'; readonly text: string }

export interface TrainOutput {
  readonly end: LoopResult['end']
  readonly step: number
  readonly skipped: number
  readonly elapsedMs: number
  readonly best: { readonly step: number; readonly validationLoss: number } | null
}

/** Runs or resumes a training to its end; see `trainLoop`. All files are written into `folder`. */
export async function runTraining(
  { config, folder, resume }: TrainInput,
  { signal, progress }: { signal: AbortSignal; progress: (report: TrainProgress) => void },
): Promise<TrainOutput> {
  const model = architecture(config.architecture)
  const options = model.options.parse(config.options)
  const specs = model.parameters(options)
  const threads = kernelThreads()
  const note = (text: string) => progress({ kind: 'note', text })

  const loaded = resume ? await lastCheckpoint(folder, specs) : null
  const state = loaded?.state ?? freshState(threads)
  if (resume) progress({ kind: 'resumed', step: state.step, best: state.stopping.best, recent: state.recent })
  if (resume && !loaded) note('This run has no checkpoint yet: it starts again from its first step.')
  const computed = `'${tf.getBackend()}' (${canCompile ? state.compute : 'eager'}) with ${threads} threads`
  const before = `'${state.backend}' (${state.compute}) with ${state.threads} threads`
  if (loaded && computed !== before) {
    note(
      `This run was computed by ${before} and goes on with ${computed}: its figures will differ slightly from those ` +
        'of an uninterrupted run.',
    )
  }
  const task = withPeek(await createTask(config, model.build(options), state.step))
  for (const text of task.notes) note(text)
  const tensors = loaded?.tensors ?? freshTensors(await startWeights(config, specs, task), config.settings)

  const writer = createEventWriter(folder, resume ? { resumedAtStep: state.step + 1 } : {})
  const reporter = stepReporter(task.samplesPerStep, progress)
  const events: LoopEvents = {
    onStep(report) {
      reporter.add(report)
      writer.scalars(report.step, { 'loss/training': report.loss, 'rate/factor': report.rateFactor })
      if (report.skipped) note(`Step ${report.step} was skipped: ${report.skipped}.`)
    },
    onSave() {
      reporter.flush()
      writer.flush()
    },
    async onValidation({ average, ...report }) {
      reporter.flush()
      if (report.improved) {
        await writeSafetensors(bestWeightsPath(folder), {
          tensors: parametersToFile(specs, average),
          metadata: {},
        })
      }
      writer.scalars(report.step, { 'loss/validation': report.loss, ...report.metrics })
      writer.flush()
      progress({ kind: 'validation', ...report })
      if (task.samples) progress({ kind: 'samples', step: report.step, samples: task.samples(average) })
    },
    onNote: note,
  }
  try {
    // A run keeps its way of computing to the end, so that a resumed one repeats it bit for bit.
    const compute = loaded
      ? state.compute
      : (await chooseTraining(task, await task.peek(), tensors.parameters, { config, specs, signal })).mode
    const loop = { task, settings: config.settings, length: config.length, folder, threads, signal, events }
    const { end, state: final } = await trainLoop(
      loop,
      { ...state, backend: tf.getBackend(), threads, compute },
      tensors,
    )
    reporter.flush()
    const { step, skipped, elapsedMs } = final
    return { end, step, skipped, elapsedMs, best: final.stopping.best }
  } finally {
    writer.close()
    await task.close()
  }
}

/** Null when the run was killed before its first checkpoint. */
async function lastCheckpoint(folder: string, specs: readonly ParameterSpec[]) {
  await removeLeftovers(folder)
  return loadCheckpoint(folder, specs).catch((error) => {
    if (error instanceof AppError && error.code === 'not-found') return null
    throw error
  })
}

async function startWeights(
  config: RunConfig,
  specs: readonly ParameterSpec[],
  task: TrainingTask,
): Promise<NamedTensors> {
  const { startWeights: path, settings } = config
  if (!path) {
    const fresh = startingParameters(specs, new Random([settings.seed, -1]))
    return task.start ? task.start(fresh) : fresh
  }
  const { unpack, options } = architecture(config.architecture)
  const { tensors } = await readSafetensors(path)
  return parametersFromFile(specs, unpack ? unpack(tensors, options.parse(config.options)) : tensors, path)
}
