import { type NamedTensors, type Scalar, tf } from '../../../main/engine/tensorflow.ts'
import { type TrainingSettings, trainingSettings } from '../../../main/training/settings.ts'
import type { Batch, TrainingTask } from '../../../main/training/task.ts'
import { Random } from '../../../shared/random.ts'

export interface LinearOptions {
  /** the step to begin with, as a resumed run does */
  startStep?: number
  /** changes a step's batch, counted from 0 */
  spoil?: (step: number, batch: Batch) => void
  /** a batch that is left out, counted from 0 */
  omit?: number
  /** validation losses by their order, instead of real ones */
  validations?: number[]
}

/** y = x w + noise, 8 samples a step: the smallest thing that trains. */
export function linearTask({
  startStep = 0,
  spoil,
  omit = Infinity,
  validations,
}: LinearOptions = {}): TrainingTask {
  let step = startStep
  const batchOf = (seed: readonly number[]): Batch => {
    const random = new Random([...seed])
    const x = random.fillNormal(new Float32Array(8 * 3))
    const noise = random.fillNormal(new Float32Array(8))
    const y = noise.map((n, i) => 1 * x[3 * i]! - 2 * x[3 * i + 1]! + 3 * x[3 * i + 2]! + 0.1 * n)
    return { x: { shape: [8, 3], data: x }, y: { shape: [8, 1], data: y } }
  }
  const loss = (p: NamedTensors, { x, y }: NamedTensors) =>
    x!
      .matMul(p.w!.reshape([3, 1]))
      .add(p.b!)
      .sub(y!)
      .square()
      .mean() as Scalar
  return {
    samplesPerStep: 8,
    stepsPerEpoch: 10,
    notes: [],
    async next() {
      const batch = batchOf([7, step < omit ? step : step + 1])
      spoil?.(step, batch)
      step++
      return batch
    },
    loss,
    async validate(p) {
      const scripted = validations?.shift()
      if (scripted !== undefined) return { loss: scripted, metrics: {} }
      const value = tf.tidy(() => {
        const { x, y } = batchOf([8])
        const tensor = ({ shape, data }: Batch[string]) => tf.tensor(data, [...shape])
        return loss(p, { x: tensor(x!), y: tensor(y!) }).dataSync()[0]!
      })
      return { loss: value, metrics: {} }
    },
    async close() {},
  }
}

export function linearParameters(): NamedTensors {
  return { w: tf.tensor1d([0.1, 0.2, 0.3]), b: tf.tensor1d([0]) }
}

export function settingsOf(given: Partial<TrainingSettings> = {}): TrainingSettings {
  return trainingSettings.parse({ warmupSteps: 0, schedule: 'constant', learningRate: 0.02, ...given })
}
