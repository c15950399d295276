import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { tf } from '../../../main/engine/tensorflow.ts'
import { loadCheckpoint } from '../../../main/training/checkpoint.ts'
import { freshState, freshTensors, type LoopOptions, trainLoop } from '../../../main/training/loop.ts'
import type { StepReport } from '../../../main/training/reports.ts'
import type { TrainingSettings } from '../../../main/training/settings.ts'
import { type LinearOptions, linearParameters, linearTask, settingsOf } from './linear-task.ts'

let folder: string
let tensorsBefore: number
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-loop-'))
  tensorsBefore = tf.memory().numTensors
})
afterEach(async () => {
  expect(tf.memory().numTensors).toBe(tensorsBefore)
  await rm(folder, { recursive: true })
})

interface Given extends LinearOptions {
  settings?: Partial<TrainingSettings>
  length?: LoopOptions['length']
  resume?: boolean
  /** aborts after this step; 0: after the validation before the first */
  abortAt?: number
}

/** Runs the loop on the linear task and notes all that it says. */
async function train({ settings, length = { steps: 30 }, resume = false, abortAt, ...task }: Given = {}) {
  const steps: StepReport[] = []
  const validations: {
    step: number
    loss: number
    improved: boolean
    trainingLoss: number
    average: number[]
  }[] = []
  const notes: string[] = []
  const controller = new AbortController()
  const full = settingsOf(settings)
  const loaded = resume ? await loadCheckpoint(folder, []) : null
  const state = loaded?.state ?? freshState(1)
  const options: LoopOptions = {
    task: linearTask({ startStep: state.step, ...task }),
    ...{ settings: full, length, folder, threads: 1, signal: controller.signal },
    events: {
      onStep(report) {
        steps.push(report)
        if (report.step === abortAt) controller.abort()
      },
      async onValidation({ step, loss, improved, trainingLoss, average }) {
        validations.push({ step, loss, improved, trainingLoss, average: [...average.w!.dataSync()] })
        if (step === 0 && abortAt === 0) controller.abort()
      },
      onSave() {},
      onNote: (text) => notes.push(text),
    },
  }
  const tensors = loaded?.tensors ?? freshTensors(linearParameters(), full)
  return { ...(await trainLoop(options, state, tensors)), steps, validations, notes }
}

async function savedWeights(): Promise<number[]> {
  const { tensors } = await loadCheckpoint(folder, [])
  const values = [...tensors.parameters.w!.dataSync()]
  tf.dispose([tensors.parameters, tensors.average, tensors.optimizer])
  return values
}

test.each(['sgd', 'momentum', 'rmsprop', 'adam', 'muon'] as const)('%s learns', async (optimizer) => {
  const { state, steps, validations } = await train({ settings: { optimizer }, length: { steps: 250 } })
  expect(state).toMatchObject({ step: 250, updates: 250, skipped: 0, backend: 'tensorflow', threads: 1 })
  expect(validations.at(-1)!.loss).toBeLessThan(0.2 * validations[0]!.loss)
  expect(steps.at(-1)).toMatchObject({ step: 250, totalSteps: 250, fraction: 1 })
})

test('it validates before the first step, at its interval, and at the end; an epoch is the default interval', async () => {
  const own = await train({ settings: { validateEvery: 7 }, length: { steps: 30 } })
  expect(own.validations.map(({ step }) => step)).toEqual([0, 7, 14, 21, 28, 30])
  const mean = own.steps.slice(7, 14).reduce((sum, { loss }) => sum + loss / 7, 0)
  expect(own.validations[2]!.trainingLoss).toBeCloseTo(mean, 12)
  const epochs = await train({ length: { epochs: 2.5 } })
  expect(epochs.validations.map(({ step }) => step)).toEqual([0, 10, 20, 25])
  expect(epochs.state.stopping.best).toMatchObject({ step: 25 })
})

test('minutes end a run by the clock', async () => {
  const { state } = await train({ length: { minutes: 0.005 } })
  expect(state.elapsedMs).toBeGreaterThanOrEqual(300)
  expect(state.elapsedMs).toBeLessThan(1500)
  expect(state.step).toBeGreaterThan(1)
})

test('steps that are not finite are skipped, counted and reported, and leave no mark', async () => {
  const spoil: LinearOptions['spoil'] = (step, { x, y }) => {
    if (step === 4) x!.data[0] = Number.NaN
    if (step === 6) y!.data[0] = Infinity
    if (step === 8) x!.data.fill(1e25) // the loss overflows
  }
  const { state, steps, validations } = await train({ spoil, settings: { validateEvery: 5 } })
  expect(state).toMatchObject({ step: 30, updates: 27, skipped: 3 })
  const skipped = steps.filter((report) => report.skipped)
  expect(skipped.map(({ step, skipped }) => [step, skipped])).toEqual([
    [5, 'its loss is NaN'],
    [7, 'its loss is Infinity'],
    [9, 'its loss is Infinity'],
  ])
  expect(validations.at(-1)!.average.every(Number.isFinite)).toBe(true)
  expect(state.stopping.best!.trainingLoss).toBeLessThan(100)
})

test('a run with a skipped step ends where one without that batch does', async () => {
  const spoil: LinearOptions['spoil'] = (step, { x }) => {
    if (step === 4) x!.data[0] = Number.NaN
  }
  await train({ spoil, length: { steps: 9 } })
  const weights = await savedWeights()
  await train({ omit: 4, length: { steps: 8 } })
  expect(weights).toEqual(await savedWeights())
})

test('a spike is skipped once the losses have settled', async () => {
  const spoil: LinearOptions['spoil'] = (step, { y }) => {
    if (step === 10 || step === 220) for (const i of y!.data.keys()) y!.data[i]! *= 100
  }
  const { state, steps } = await train({ spoil, length: { steps: 230 } })
  expect(steps.filter(({ skipped }) => skipped).map(({ step }) => step)).toEqual([221])
  expect(state.skipped).toBe(1)
})

test('a hundred skipped steps in a row end the run with an error that says what to try', async () => {
  const spoil: LinearOptions['spoil'] = (step, { x }) => {
    if (step >= 3) x!.data[0] = Number.NaN
  }
  const run = train({ spoil, length: { steps: 1000 } })
  await expect(run).rejects.toMatchObject({
    code: 'engine',
    message: expect.stringContaining('lower learningRate'),
  })
  expect((await savedWeights()).every(Number.isFinite)).toBe(true)
})

test('the gradient is clipped: a step of plain descent is as long as the limit times the rate', async () => {
  const settings = { optimizer: 'sgd', learningRate: 0.5, gradientClip: 0.1 } as const
  const { steps } = await train({ settings, length: { steps: 1 } })
  expect(steps[0]!.gradientNorm).toBeGreaterThan(1)
  const { tensors } = await loadCheckpoint(folder, [])
  const w = [...tensors.parameters.w!.dataSync()].map((value, i) => value - [0.1, 0.2, 0.3][i]!)
  const length = Math.hypot(...w, tensors.parameters.b!.dataSync()[0]!)
  tf.dispose([tensors.parameters, tensors.average, tensors.optimizer])
  expect(length).toBeCloseTo(0.05, 6)
})

test('warm-up and cosine scale the rate', async () => {
  const settings = { schedule: 'cosine', warmupSteps: 4 } as const
  const { steps } = await train({ settings, length: { steps: 12 } })
  const factors = steps.map(({ rateFactor }) => rateFactor)
  expect(factors[1]! / factors[0]!).toBeCloseTo(2, 1)
  expect(factors.at(-1)!).toBeLessThan(0.05)
  expect(Math.max(...factors)).toBeGreaterThan(0.8)
})

test('the judged weights are an average that follows closely at first', async () => {
  const settings = { validateEvery: 1, averageDecay: 0 }
  const plain = await train({ settings, length: { steps: 12 } })
  const averaged = await train({ settings: { ...settings, averageDecay: 0.5 }, length: { steps: 12 } })
  expect(plain.validations.at(-1)!.average).toEqual(await savedWeights())
  let expected = [0.1, 0.2, 0.3]
  for (const [i, { average }] of averaged.validations.entries()) {
    if (i > 0) {
      const keep = Math.min(0.5, (1 + i) / (10 + i))
      expected = expected.map((old, k) => keep * old + (1 - keep) * plain.validations[i]!.average[k]!)
    }
    for (const [k, value] of average.entries()) expect(value).toBeCloseTo(expected[k]!, 5)
  }
})

test('early stopping ends the run after so many validations without a new best', async () => {
  const validations = [5, 4, 3, 3.5, 3, 2]
  const { end, state } = await train({ validations, settings: { patience: 2, validateEvery: 3 } })
  expect(end).toBe('stopped early')
  expect(state.step).toBe(12)
  expect(state.stopping.best).toMatchObject({ step: 6, validationLoss: 3 })
})

test('it warns when the validation loss parts from the training loss', async () => {
  const validations = [9, 5, 6, 7, 8, 9]
  const { notes } = await train({ validations, settings: { validateEvery: 10 }, length: { steps: 50 } })
  expect(notes).toEqual([expect.stringMatching(/^Overfitting: since step 10 the training loss fell/)])
})

test.each(['momentum', 'adam'] as const)(
  '%s: aborted and resumed, a run equals an uninterrupted one',
  async (optimizer) => {
    const settings = { optimizer, validateEvery: 6, averageDecay: 0.9, schedule: 'cosine' } as const
    const spoil: LinearOptions['spoil'] = (step, { x }) => {
      if (step === 5) x!.data[0] = Number.NaN
    }
    const whole = await train({ settings, spoil })
    const weights = await savedWeights()
    // After a skipped step; at a validation that is still due; before and in the first step.
    for (const stops of [[6], [12, 13], [0, 1, 29]]) {
      const parts = [await train({ settings, spoil, abortAt: stops[0]! })]
      expect(parts[0]!.end).toBe('aborted')
      for (const abortAt of [...stops.slice(1), -1]) {
        parts.push(await train({ settings, spoil, resume: true, abortAt }))
      }
      const losses = (run: { steps: StepReport[] }) => run.steps.map(({ step, loss }) => [step, loss])
      expect(parts.flatMap(losses)).toEqual(losses(whole))
      expect(parts.flatMap(({ validations }) => validations)).toEqual(whole.validations)
      const { elapsedMs: _, ...state } = parts.at(-1)!.state
      expect(whole.state).toMatchObject(state)
      expect(await savedWeights()).toEqual(weights)
    }
  },
)
