import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { tf } from '../../../../main/engine/tensorflow.ts'
import { activationRanges } from '../../../../main/models/codec/calibrate.ts'
import { codec } from '../../../../main/models/codec/codec.ts'
import { codecOptions } from '../../../../main/models/codec/options.ts'
import { quantise } from '../../../../main/models/codec/quantise.ts'
import { parametersFromFile, startingParameters } from '../../../../main/models/layers/parameters.ts'
import { readSafetensors, writeSafetensors } from '../../../../main/models/safetensors.ts'
import { compressData } from '../../../../main/training/data-settings.ts'
import { bestWeightsPath } from '../../../../main/training/paths.ts'
import { runTraining, type TrainProgress } from '../../../../main/training/run.ts'
import { type RunConfig, runConfig } from '../../../../main/training/run-config.ts'
import { trainingSettings } from '../../../../main/training/settings.ts'
import { createCompressTask } from '../../../../main/training/tasks/compress.ts'
import { Random } from '../../../../shared/random.ts'
import { samples } from '../terminal.ts'

const tiny = { width: 8, blocks: 1, latents: 48, hyper: 8, context: 16, groups: [8, 40] }
const options = codecOptions.parse(tiny)
const data = compressData.parse({ crop: 64, validationCrop: 128 })
const photos = ['lake.jpg', 'walrus.jpg'].map((name) => join(samples, name))
const heldOut = [join(samples, 'canyon.jpg')]
const signal = new AbortController().signal

const task = (startStep = 0) =>
  createCompressTask({ options, data, training: photos, validation: heldOut, batch: 4, seed: 5, startStep })

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-compress-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('batches: crops, a level of its own for each, noise; the same wherever the run began', async () => {
  const source = await task()
  const batches = [await source.next(), await source.next()]
  await source.close()
  const { images, level, ...noise } = batches[1]!
  expect(images!.shape).toEqual([4, 64, 64, 3])
  expect(new Set(level!.data).size).toBe(4)
  expect(level!.data.every((value) => value >= 0 && value <= 7)).toBe(true)
  expect([noise['noise.y']!.shape, noise['noise.z']!.shape]).toEqual([
    [4, 4, 4, 48],
    [4, 1, 1, 8],
  ])
  const values = noise['noise.y']!.data
  expect(Math.min(...values)).toBeGreaterThanOrEqual(-0.5)
  expect(Math.max(...values)).toBeLessThanOrEqual(0.5)
  // A uniform variable of width 1 has a variance of 1 / 12.
  expect(values.reduce((sum, value) => sum + value ** 2, 0) / values.length).toBeCloseTo(1 / 12, 2)
  const resumed = await task(1)
  expect(await resumed.next()).toEqual(batches[1])
  await resumed.close()
})

test('the start is the KLT of the photos: it codes them at once, better at each level, without leaks', async () => {
  const source = await task()
  const fresh = startingParameters(codec.parameters(options), new Random(1))
  const before = tf.memory().numTensors
  const p = await source.start!(fresh)
  expect(tf.memory().numTensors).toBe(before)
  const gram = tf.tidy(() => {
    const rows = p.klt_synthesis!.reshape([48, 768])
    return tf.matMul(rows, rows, false, true).sub(tf.eye(48)).abs().max().dataSync()[0]
  })
  expect(gram).toBeLessThan(1e-5)
  const spread = Array.from(p.log_std!.dataSync())
  expect(spread).toEqual(spread.toSorted((a, b) => b - a))
  const validation = await source.validate(p, signal)
  expect(await source.validate(p, signal)).toEqual(validation)
  const figures = Object.values(validation.metrics)
  expect(Object.keys(validation.metrics).slice(6, 10)).toEqual([
    'rate6_bpp',
    'rate7_bpp',
    'psnr0_dB',
    'psnr1_dB',
  ])
  const psnrs = figures.slice(8)
  expect(psnrs).toEqual(psnrs.toSorted((a, b) => a - b))
  expect(psnrs[7]! - psnrs[0]!).toBeGreaterThan(2)
  await expect(source.validate(p, AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop')
  await source.close()
  tf.dispose(p)
})

function config(steps: number, startWeights: string | null = null): RunConfig {
  return runConfig.parse({
    ...{ architecture: 'codec', options: tiny, length: { steps }, startWeights },
    settings: trainingSettings.parse({
      ...{ batch: 4, optimizer: 'muon', warmupSteps: 5, validateEvery: 20 },
      ...{ learningRate: 3e-4, muonLearningRate: 1e-3 },
    }),
    task: { kind: 'compress', data, training: photos, validation: heldOut },
  })
}

async function run(given: RunConfig, { resume = false, abortAt = -1 } = {}) {
  const losses: number[] = []
  const controller = new AbortController()
  const progress = (report: TrainProgress) => {
    if (report.kind === 'validation') losses.push(report.loss)
    if (report.kind === 'validation' && report.step === abortAt) controller.abort()
  }
  const output = await runTraining({ config: given, folder, resume }, { signal: controller.signal, progress })
  return { output, losses }
}

test('training lowers the loss; stopped and resumed it ends with the same weights; a model is a start, too', async () => {
  const before = tf.memory().numTensors
  const { losses } = await run(config(40))
  expect(losses).toHaveLength(3)
  expect(losses[2]!).toBeLessThan(losses[0]! * 0.97)
  const whole = losses[2]!
  const best = bestWeightsPath(folder)
  const continued = await run(config(1, best))
  expect(continued.losses[0]).toBeCloseTo(whole, 4)
  expect((await run(config(40), { abortAt: 20 })).output.end).toBe('aborted')
  const resumed = await run(config(40), { resume: true })
  expect(resumed.output).toMatchObject({ end: 'finished', step: 40 })
  expect(resumed.losses).toEqual([whole])
  expect(tf.memory().numTensors).toBe(before)
})

test('training goes on from a model whose entropy model is integers, at the loss it had before', async () => {
  const { losses } = await run(config(2))
  const { tensors } = await readSafetensors(bestWeightsPath(folder))
  const p = parametersFromFile(codec.parameters(options), tensors, 'the best weights')
  const random = new Random([7])
  const data = Float32Array.from({ length: 64 * 64 * 3 }, () => random.uniform())
  const ranges = activationRanges(codec.build(options), p, [{ shape: [1, 64, 64, 3], data }], options)
  tf.dispose(p)
  const packed = join(folder, 'packed.safetensors')
  await writeSafetensors(packed, { tensors: quantise(tensors, ranges, options), metadata: {} })
  const again = await run(config(1, packed))
  // Eight bits of the entropy model cost next to nothing of the rate.
  expect(Math.abs(again.losses[0]! / Math.min(...losses) - 1)).toBeLessThan(0.01)
})
