import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { knownChoices } from '../../../main/engine/choose.ts'
import { tf } from '../../../main/engine/tensorflow.ts'
import { autoencoderLoss } from '../../../main/models/autoencoder/loss.ts'
import { autoencoderLossSettings } from '../../../main/models/autoencoder/loss-settings.ts'
import { chooseInference } from '../../../main/models/compiled-network.ts'
import { dense } from '../../../main/models/dense/dense.ts'
import { denseOptions } from '../../../main/models/dense/options.ts'
import { startingParameters } from '../../../main/models/layers/parameters.ts'
import { chooseTraining, withPeek } from '../../../main/training/choose-training.ts'
import type { RunConfig } from '../../../main/training/run-config.ts'
import { trainingSettings } from '../../../main/training/settings.ts'
import type { Batch, TrainingTask } from '../../../main/training/task.ts'
import { Random } from '../../../shared/random.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-choose-'))
  vi.stubEnv('HOURGLASS_CACHE', folder)
  vi.stubEnv('HOURGLASS_COMPUTE', 'auto')
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true })
})

const options = denseOptions.parse({ inputs: 16, hidden: [8], code: 2 })
const network = dense.build(options)
const specs = dense.parameters(options)

test('a dense model is measured in each way, for training and for inference, and leaves no tensors', async () => {
  const before = tf.memory().numTensors
  const parameters = startingParameters(specs, new Random(1))
  const weights = [...parameters['encoder.0.weight']!.dataSync()]
  const values = { shape: [4, 16], data: new Float32Array(64).fill(0.5) }
  const batch: Batch = { input: values, target: values }
  const lossSettings = autoencoderLossSettings.parse({})
  const task = {
    loss: (p: never, tensors: never) => autoencoderLoss(network, p, tensors, lossSettings),
  } as unknown as TrainingTask
  const config = {
    architecture: 'dense',
    options,
    settings: trainingSettings.parse({}),
  } as unknown as RunConfig
  const { signal } = new AbortController()
  const training = await chooseTraining(task, batch, parameters, { config, specs, signal })
  const inference = await chooseInference({
    ...{ network, parameters, specs },
    architecture: { id: 'dense', options },
  })
  expect(training.label).toBe('dense, training')
  expect(inference.label).toBe('dense, inference')
  for (const { milliseconds } of [training, inference])
    expect(Object.keys(milliseconds)).toEqual(expect.arrayContaining(['eager', 'float32', 'xla']))
  expect(await knownChoices()).toHaveLength(2)
  expect([...parameters['encoder.0.weight']!.dataSync()]).toEqual(weights)
  tf.dispose(parameters)
  expect(tf.memory().numTensors).toBe(before)
})

test('a batch that was looked at is still the next one', async () => {
  let made = 0
  const next = async (): Promise<Batch> => ({ x: { shape: [], data: new Float32Array([made++]) } })
  const task = withPeek({ next } as unknown as TrainingTask)
  const seen = async (batch: Promise<Batch>) => (await batch).x!.data[0]
  expect(await seen(task.peek())).toBe(0)
  expect(await seen(task.peek())).toBe(0)
  expect([await seen(task.next()), await seen(task.next())]).toEqual([0, 1])
  expect(await seen(task.peek())).toBe(2)
})
