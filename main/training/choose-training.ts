import { type Choice, chooseCompute } from '../engine/choose.ts'
import type { ComputeMode } from '../engine/compile/compile.ts'
import type { Workload } from '../engine/measure-modes.ts'
import { type NamedTensors, tf } from '../engine/tensorflow.ts'
import { candidateModes } from '../models/compiled-network.ts'
import type { ParameterSpec } from '../models/layers/parameters.ts'
import { createOptimizer } from './optimizers/optimizer.ts'
import type { RunConfig } from './run-config.ts'
import { batchTensors, createStep, mapTensors } from './step.ts'
import type { Batch, TrainingTask } from './task.ts'

/** How a run's steps go fastest here, measured on a batch with copies of the weights. */
export function chooseTraining(
  task: TrainingTask,
  batch: Batch,
  parameters: NamedTensors,
  { config, specs, signal }: { config: RunConfig; specs: readonly ParameterSpec[]; signal: AbortSignal },
): Promise<Choice> {
  const { settings } = config
  const shapes = Object.entries(batch).map(([name, { shape }]) => [name, shape])
  return chooseCompute({
    label: `${config.architecture}, training`,
    key: [config.options, settings.optimizer, settings.weightDecay > 0, shapes],
    candidates: candidateModes(specs).filter((mode) => !task.needsFloat32 || mode !== 'bfloat16'),
    prepare: (mode) => workload(task, batch, parameters, settings, mode),
    signal,
  })
}

function workload(
  task: TrainingTask,
  batch: Batch,
  parameters: NamedTensors,
  { optimizer: kind, weightDecay }: RunConfig['settings'],
  mode: ComputeMode,
): Workload {
  const optimizer = createOptimizer(kind)
  const step = createStep(task, optimizer, mode)
  const tensors = batchTensors(batch)
  const copy = () => tf.tidy(() => mapTensors(parameters, (weight) => weight.add(0)))
  let held = { parameters: copy(), average: copy(), optimizer: optimizer.start(parameters) }
  const rates = { learningRate: 1e-6, muonLearningRate: 1e-6, weightDecay }
  return {
    run() {
      const { gradients } = step.gradients(held.parameters, tensors)
      held = step.update(held, gradients, { rates, t: 1, clip: 1, averageKeep: 0.9 })
      // The update runs on while the next batch is made ready; reading waits for it.
      Object.values(held.parameters)[0]?.dataSync()
    },
    dispose() {
      step.dispose()
      tf.dispose([tensors, { ...held }])
    },
  }
}

/** A task whose next batch can be looked at beforehand. */
export function withPeek(task: TrainingTask): TrainingTask & { peek(): Promise<Batch> } {
  let seen: Promise<Batch> | null = null
  return {
    ...task,
    peek() {
      seen ??= task.next()
      return seen
    },
    next() {
      const batch = seen ?? task.next()
      seen = null
      return batch
    },
  }
}
