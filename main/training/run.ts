import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Random } from '../../shared/random.ts'
import { type NamedTensors, tf } from '../engine/tensorflow.ts'
import {
  type ParameterSpec,
  parametersFromFile,
  parametersToFile,
  startingParameters,
} from '../models/layers/parameters.ts'
import { readSafetensors, writeSafetensors } from '../models/safetensors.ts'
import { architecture } from '../models/zoo.ts'
import { loadCheckpoint } from './checkpoint.ts'
import type { StoppingState } from './early-stopping.ts'
import {
  freshState,
  freshTensors,
  type LoopEvents,
  type LoopResult,
  type StepReport,
  trainLoop,
  type ValidationReport,
} from './loop.ts'
import type { RunConfig } from './run-config.ts'
import { createTask } from './tasks/create-task.ts'
import { createEventWriter } from './tensorboard.ts'

export interface TrainInput {
  readonly config: RunConfig
  /** holds checkpoint, best weights and event files */
  readonly folder: string
  readonly resume: boolean
}

export type TrainProgress =
  | {
      readonly kind: 'steps'
      /** step and training loss of each step since the last report */
      readonly losses: readonly (readonly [step: number, loss: number])[]
      readonly latest: StepReport
      readonly samplesPerSecond: number
    }
  | ({ readonly kind: 'validation' } & Omit<ValidationReport, 'average'>)
  | { readonly kind: 'note'; readonly text: string }

export interface TrainOutput {
  readonly end: LoopResult['end']
  readonly step: number
  readonly skipped: number
  readonly elapsedMs: number
  readonly best: { readonly step: number; readonly validationLoss: number } | null
}

/** The averaged weights that validated best, in the file form of the architecture's models. */
export function bestWeightsPath(folder: string): string {
  return join(folder, 'best.safetensors')
}

const reportEveryMs = 250

/** Runs or resumes a training to its end; see `trainLoop`. All files are written into `folder`. */
export async function runTraining(
  { config, folder, resume }: TrainInput,
  { signal, progress }: { signal: AbortSignal; progress: (report: TrainProgress) => void },
): Promise<TrainOutput> {
  const model = architecture(config.architecture)
  const options = model.options.parse(config.options)
  const specs = model.parameters(options)
  const threads = Number(process.env.TF_NUM_INTRAOP_THREADS) || availableParallelism()
  const note = (text: string) => progress({ kind: 'note', text })

  const loaded = resume ? await loadCheckpoint(folder) : null
  const state = loaded?.state ?? freshState(threads)
  if (loaded && (state.backend !== tf.getBackend() || state.threads !== threads)) {
    note(
      `This run was computed by '${state.backend}' with ${state.threads} threads and goes on with '${tf.getBackend()}' ` +
        `and ${threads}: its figures will differ slightly from those of an uninterrupted run.`,
    )
  }
  const tensors = loaded?.tensors ?? freshTensors(await startWeights(config, specs), config.settings)
  const task = await createTask(config, model.build(options), state.step)
  for (const text of task.notes) note(text)

  const writer = createEventWriter(folder, loaded ? { resumedAtStep: state.step } : {})
  const reporter = stepReporter(task.samplesPerStep, progress)
  const events: LoopEvents = {
    onStep(report) {
      reporter.add(report)
      writer.scalars(report.step, { 'loss/training': report.loss, 'rate/factor': report.rateFactor })
      if (report.skipped) note(`Step ${report.step} was skipped: ${report.skipped}.`)
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
    },
    onNote: note,
  }
  try {
    const loop = { task, settings: config.settings, length: config.length, folder, threads, signal, events }
    const { end, state: final } = await trainLoop(
      loop,
      { ...state, backend: tf.getBackend(), threads },
      tensors,
    )
    reporter.flush()
    const { step, skipped, elapsedMs } = final
    return { end, step, skipped, elapsedMs, best: (final.stopping as StoppingState).best }
  } finally {
    writer.close()
    await task.close()
  }
}

async function startWeights(config: RunConfig, specs: readonly ParameterSpec[]): Promise<NamedTensors> {
  const { startWeights: path, settings } = config
  if (!path) return startingParameters(specs, new Random([settings.seed, -1]))
  return parametersFromFile(specs, (await readSafetensors(path)).tensors, path)
}

/** Gathers steps into a few messages a second. */
function stepReporter(samplesPerStep: number, progress: (report: TrainProgress) => void) {
  let losses: (readonly [number, number])[] = []
  let latest: StepReport | null = null
  let sentAt = performance.now()
  function flush(): void {
    if (!latest || losses.length === 0) return
    const seconds = (performance.now() - sentAt) / 1000
    progress({ kind: 'steps', losses, latest, samplesPerSecond: (losses.length * samplesPerStep) / seconds })
    losses = []
    sentAt = performance.now()
  }
  return {
    add(report: StepReport) {
      latest = report
      losses.push([report.step, report.loss])
      if (performance.now() - sentAt > reportEveryMs) flush()
    },
    flush,
  }
}
