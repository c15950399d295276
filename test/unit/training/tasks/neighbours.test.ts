import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Tensor4D, tf } from '../../../../main/engine/tensorflow.ts'
import { denoiser } from '../../../../main/models/denoiser/denoiser.ts'
import { denoiserOptions } from '../../../../main/models/denoiser/options.ts'
import { startingParameters } from '../../../../main/models/layers/parameters.ts'
import type { Network } from '../../../../main/models/model.ts'
import { neighboursData } from '../../../../main/training/data-settings.ts'
import { createOptimizer } from '../../../../main/training/optimizers/optimizer.ts'
import { batchTensors, createStep } from '../../../../main/training/step.ts'
import { createNeighboursTask } from '../../../../main/training/tasks/neighbours.ts'
import { Random } from '../../../../shared/random.ts'

let folder: string
/** A level grey with white noise of 20 levels; wide enough that scaled copies would be drawn from, too. */
let noisy: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-neighbours-'))
  noisy = join(folder, 'noisy.png')
  const [width, height] = [1040, 80]
  const noise = new Random(1).fillNormal(new Float32Array(width * height * 3))
  const pixels = Uint8Array.from(noise, (value) => Math.round(128 + 20 * value))
  await sharp(pixels, { raw: { width, height, channels: 3 } }).toFile(noisy)
})
afterAll(() => rm(folder, { recursive: true }))

const options = denoiserOptions.parse({ widths: [4, 4], blocks: [1, 1] })
const network = denoiser.build(options) as Network<Tensor4D>
const data = neighboursData.parse({ crop: 32, validationCrop: 64 })
const start = (startStep = 0) =>
  createNeighboursTask({
    network,
    data,
    training: [noisy],
    validation: [noisy],
    batch: 3,
    seed: 5,
    startStep,
  })

test('batches hold noisy crops at full size and neighbours of each cell, the same wherever the run began', async () => {
  const source = await start()
  const batches = [await source.next(), await source.next()]
  await source.close()
  const batch = batches[1]!
  expect(Object.fromEntries(Object.entries(batch).map(([name, { shape }]) => [name, shape]))).toEqual({
    noisy: [3, 32, 32, 3],
    sigma: [3],
    first: [3, 16, 16, 4],
    second: [3, 16, 16, 4],
  })
  // A scaled copy would have less noise.
  for (const { noisy } of batches)
    for (let k = 0; k < 3; k++) {
      const crop = noisy!.data.subarray(k * 3072, (k + 1) * 3072)
      const variance = crop.reduce((sum, value) => sum + (value - 128 / 255) ** 2, 0) / crop.length
      expect(Math.abs(Math.sqrt(variance) * 255 - 20)).toBeLessThan(1.2)
    }
  const resumed = await start(1)
  expect(await resumed.next()).toEqual(batch)
  await resumed.close()
})

test('a network learns to smooth from noise alone; judging repeats itself and leaves no tensors', async () => {
  const source = await start()
  const { signal } = new AbortController()
  let p = startingParameters(denoiser.parameters(options), new Random(1))
  const before = tf.memory().numTensors
  const first = await source.validate(p, signal)
  expect(await source.validate(p, signal)).toEqual(first)
  expect(tf.memory().numTensors).toBe(before)
  const optimizer = createOptimizer('adam')
  const step = createStep(source, optimizer, 'float32')
  let held = { parameters: p, average: p, optimizer: optimizer.start(p) }
  held = {
    ...held,
    average: tf.tidy(() => Object.fromEntries(Object.entries(p).map(([k, v]) => [k, v.clone()]))),
  }
  for (let t = 1; t <= 40; t++) {
    const batch = batchTensors(await source.next())
    const { gradients } = step.gradients(held.parameters, batch)
    tf.dispose(batch)
    const rates = { learningRate: 3e-3, muonLearningRate: 1, weightDecay: 0 }
    held = step.update(held, gradients, { rates, t, clip: 1, averageKeep: 0 })
  }
  p = held.parameters
  const last = await source.validate(p, signal)
  step.dispose()
  await source.close()
  // Two terms, each at least the second picture's own noise: 1; a network that leaves all noise has 2 and more.
  expect(first.loss).toBeGreaterThan(2.6)
  expect(last.loss).toBeLessThan(0.8 * first.loss)
  expect(last.loss).toBeGreaterThan(1.8)
})
