import { AppError } from '../../shared/errors.ts'
import type { ComputeMode } from '../engine/compile/compile.ts'
import { breathe } from '../engine/serve.ts'
import { type NamedTensors, tf } from '../engine/tensorflow.ts'
import { type RunState, type RunTensors, remembered, saveCheckpoint } from './checkpoint.ts'
import { judgeValidation, neverJudged, noValidationYet } from './early-stopping.ts'
import { createOptimizer } from './optimizers/optimizer.ts'
import { reasonToSkip, runningMeans } from './outliers.ts'
import type { LoopEvents } from './reports.ts'
import { rateFactor } from './schedule.ts'
import type { RunLengthSetting, TrainingSettings } from './settings.ts'
import { batchTensors, clipScale, createStep, mapTensors } from './step.ts'
import type { TrainingTask } from './task.ts'

export interface LoopOptions {
  readonly task: TrainingTask
  readonly settings: TrainingSettings
  readonly length: RunLengthSetting
  readonly folder: string
  readonly threads: number
  readonly signal: AbortSignal
  readonly events: LoopEvents
}

export interface LoopResult {
  readonly end: 'finished' | 'stopped early' | 'aborted'
  readonly state: RunState
}

/** The state of a run that has not begun. */
export function freshState(threads: number, compute: ComputeMode = 'float32'): RunState {
  return {
    step: 0,
    updates: 0,
    elapsedMs: 0,
    skipped: 0,
    runningLoss: null,
    runningNorm: null,
    lossSum: 0,
    lossCount: 0,
    recent: [],
    stopping: noValidationYet,
    backend: tf.getBackend(),
    threads,
    compute,
  }
}

export function freshTensors(parameters: NamedTensors, settings: TrainingSettings): RunTensors {
  const copy = tf.tidy(() => mapTensors(parameters, (weight) => weight.add(0)))
  return { parameters, average: copy, optimizer: createOptimizer(settings.optimizer).start(parameters) }
}

/**
 * Trains until the length is reached, early stopping decides, or the signal fires; validates at intervals and at
 * the end, and leaves a checkpoint behind in each case. Takes the tensors over.
 * @throws AppError `engine` when the loss is not finite for many steps in a row
 */
export async function trainLoop(
  options: LoopOptions,
  begin: RunState,
  tensors: RunTensors,
): Promise<LoopResult> {
  const { task, settings, length, folder, signal, events } = options
  const stepping = createStep(task, createOptimizer(settings.optimizer), begin.compute)
  const totalSteps = stepsOf(length, task.stepsPerEpoch)
  const validateEvery = settings.validateEvery || task.stepsPerEpoch
  let state = begin
  let held = tensors
  let badInARow = 0
  let savedAt = performance.now()

  async function step(): Promise<void> {
    const started = performance.now()
    const batch = batchTensors(await task.next())
    const { loss, norm, gradients } = stepping.gradients(held.parameters, batch)
    tf.dispose(batch)
    const fraction = fractionOf(state, length, totalSteps)
    const schedule = { kind: settings.schedule, warmupSteps: settings.warmupSteps, floor: 1e-3 }
    const factor = rateFactor(schedule, { step: state.step, fraction })
    const skipped = reasonToSkip(loss, norm, state, settings)
    if (skipped) {
      tf.dispose(gradients)
      badInARow++
    } else {
      badInARow = 0
      held = stepping.update(held, gradients, {
        rates: {
          learningRate: settings.learningRate * factor,
          muonLearningRate: settings.muonLearningRate * factor,
          weightDecay: settings.weightDecay,
        },
        t: state.updates + 1,
        clip: clipScale(norm, settings.gradientClip),
        averageKeep: averageKeep(settings, state.updates),
      })
    }
    state = {
      ...state,
      step: state.step + 1,
      updates: state.updates + (skipped ? 0 : 1),
      skipped: state.skipped + (skipped ? 1 : 0),
      ...(skipped ? {} : runningMeans(loss, norm, state)),
      lossSum: state.lossSum + (skipped ? 0 : loss),
      lossCount: state.lossCount + (skipped ? 0 : 1),
      recent: remembered(state.recent, [{ name: 'loss/training', step: state.step + 1, value: loss }]),
      elapsedMs: state.elapsedMs + performance.now() - started,
    }
    events.onStep({
      step: state.step,
      totalSteps,
      loss,
      gradientNorm: norm,
      rateFactor: factor,
      elapsedMs: state.elapsedMs,
      fraction: fractionOf(state, length, totalSteps),
      skipped,
    })
    if (badInARow >= 100) {
      throw new AppError(
        'engine',
        `100 steps in a row were skipped, the last because ${skipped}: try a lower learningRate`,
      )
    }
  }

  async function validate(): Promise<boolean> {
    const started = performance.now()
    const validation = await task.validate(held.average, signal)
    const trainingLoss = state.lossCount > 0 ? state.lossSum / state.lossCount : Number.NaN
    const patience = settings.patience || Number.POSITIVE_INFINITY
    const verdict = judgeValidation(
      state.stopping,
      { step: state.step, validationLoss: validation.loss, trainingLoss },
      { patience, minDelta: 0, gapGrowth: 1.1, gapPatience: 3 },
    )
    const { step } = state
    const figures = Object.entries({ 'loss/validation': validation.loss, ...validation.metrics })
    state = {
      ...state,
      stopping: verdict.state,
      recent: remembered(
        state.recent,
        figures.map(([name, value]) => ({ name, step, value })),
      ),
      lossSum: 0,
      lossCount: 0,
      elapsedMs: state.elapsedMs + performance.now() - started,
    }
    await events.onValidation({
      ...validation,
      step: state.step,
      trainingLoss,
      improved: verdict.improved,
      average: held.average,
    })
    if (verdict.warning) events.onNote(verdict.warning)
    return verdict.stop
  }

  const save = () => {
    events.onSave()
    return saveCheckpoint(folder, state, held)
  }
  async function run(): Promise<LoopResult['end']> {
    for (;;) {
      const done = fractionOf(state, length, totalSteps) >= 1
      // The weights a run starts from are the first best: a fine-tuning that only harms keeps its parent.
      const due =
        neverJudged(state.stopping) || (state.lossCount > 0 && (done || state.step % validateEvery === 0))
      if (due && (await validate())) return 'stopped early'
      if (done) return 'finished'
      await breathe()
      if (signal.aborted) return 'aborted'
      await step()
      if (performance.now() - savedAt > settings.checkpointSeconds * 1000) {
        savedAt = performance.now()
        await save()
      }
    }
  }

  try {
    const end = await run().catch((error) => {
      if (signal.aborted) return 'aborted' as const
      throw error
    })
    return { end, state }
  } finally {
    try {
      await save()
    } finally {
      stepping.dispose()
      tf.dispose({ ...held })
    }
  }
}

function stepsOf(length: RunLengthSetting, stepsPerEpoch: number): number | null {
  if ('steps' in length) return length.steps
  return 'epochs' in length ? Math.max(1, Math.round(length.epochs * stepsPerEpoch)) : null
}

function fractionOf(state: RunState, length: RunLengthSetting, totalSteps: number | null): number {
  if (totalSteps !== null) return Math.min(1, state.step / totalSteps)
  return Math.min(1, state.elapsedMs / ((length as { minutes: number }).minutes * 60_000))
}

/** The average follows closely at first, so that its start does not weigh for long. */
function averageKeep({ averageDecay }: TrainingSettings, updates: number): number {
  return Math.min(averageDecay, (2 + updates) / (11 + updates))
}
