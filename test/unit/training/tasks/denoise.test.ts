import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Tensor4D, tf } from '../../../../main/engine/tensorflow.ts'
import { denoiser } from '../../../../main/models/denoiser/denoiser.ts'
import { denoiserOptions } from '../../../../main/models/denoiser/options.ts'
import { startingParameters } from '../../../../main/models/layers/parameters.ts'
import type { Network } from '../../../../main/models/model.ts'
import { denoiseData } from '../../../../main/training/data-settings.ts'
import { createDenoiseTask } from '../../../../main/training/tasks/denoise.ts'
import { Random } from '../../../../shared/random.ts'
import { samples } from '../terminal.ts'

let folder: string
let small: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-denoise-'))
  small = join(folder, 'small.png')
  await sharp({ create: { width: 20, height: 90, channels: 3, background: '#888' } }).toFile(small)
  await copyFile(join(samples, 'lake.jpg'), join(folder, 'lake.jpg'))
})
afterAll(() => rm(folder, { recursive: true }))

const options = denoiserOptions.parse({ widths: [4, 4], blocks: [1, 1] })
const network = denoiser.build(options) as Network<Tensor4D>
const data = denoiseData.parse({ crop: 32, validationCrop: 64 })
const signal = new AbortController().signal

function task(training: string[], startStep = 0) {
  const validation = [join(samples, 'canyon.jpg'), small]
  return createDenoiseTask({ network, data, training, validation, batch: 3, seed: 5, startStep })
}

test('batches: crops with noise of the level they state, the same wherever the run began', async () => {
  const source = await task([join(folder, 'lake.jpg'), small])
  expect(source.notes).toEqual(['1 photos are smaller than 32 x 32 and are left out'])
  expect(source.stepsPerEpoch).toBe(Math.round(1e6 / (3 * 32 * 32)))
  const batches = [await source.next(), await source.next()]
  await source.close()
  const { clean, noisy, sigma } = batches[1]!
  expect([clean!.shape, noisy!.shape, sigma!.shape]).toEqual([[3, 32, 32, 3], [3, 32, 32, 3], [3]])
  for (const [k, level] of sigma!.data.entries()) {
    const values = (of: typeof clean) => of!.data.subarray(k * 3072, (k + 1) * 3072)
    const squares = values(noisy).reduce((sum, value, i) => sum + (value - values(clean)[i]!) ** 2, 0)
    // Clipped inputs hold less noise than was added.
    expect(Math.sqrt(squares / 3072)).toBeLessThan(level * 1.05)
    expect(Math.sqrt(squares / 3072)).toBeGreaterThan(level * 0.5)
    expect(level).toBeLessThanOrEqual(75 / 255)
  }
  const resumed = await task([join(folder, 'lake.jpg'), small], 1)
  expect(await resumed.next()).toEqual(batches[1])
  await resumed.close()
})

test('validation: the same noise at each call, PSNR of a network that does nothing as theory says, no leaks', async () => {
  const source = await task([join(folder, 'lake.jpg')])
  const p = startingParameters(denoiser.parameters(options), new Random(1))
  // A tail of zeros finds no noise: the output is the input.
  for (const name of ['tail.weight', 'tail.bias']) p[name] = tf.zerosLike(p[name]!)
  const before = tf.memory().numTensors
  const validation = await source.validate(p, signal)
  expect(await source.validate(p, signal)).toEqual(validation)
  expect(tf.memory().numTensors).toBe(before)
  expect(Object.keys(validation.metrics)).toEqual(['psnr15_dB', 'psnr25_dB', 'psnr50_dB'])
  // 20 log10(255 / 15) = 24.61 dB; a little more where clipping takes some of the noise away.
  expect(validation.metrics.psnr15_dB).toBeGreaterThan(24.4)
  expect(validation.metrics.psnr15_dB).toBeLessThan(25.2)
  const aborted = AbortSignal.abort(new Error('stop'))
  await expect(source.validate(p, aborted)).rejects.toThrow('stop')
  await source.close()
})

test('camera noise: each pixel is told its level, and held-out photos are judged with it', async () => {
  const camera = denoiseData.parse({ crop: 32, validationCrop: 64, noise: 'camera' })
  const files = [join(folder, 'lake.jpg')]
  const places = { training: files, validation: [join(samples, 'canyon.jpg')] }
  const source = await createDenoiseTask({
    network,
    data: camera,
    ...places,
    batch: 3,
    seed: 5,
    startStep: 0,
  })
  const batch = await source.next()
  expect(batch.sigma!.shape).toEqual([3, 32, 32, 1])
  expect(new Set(batch.sigma!.data).size).toBeGreaterThan(100)
  const tensors = Object.fromEntries(
    Object.entries(batch).map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape])]),
  )
  const p = startingParameters(denoiser.parameters(options), new Random(1))
  expect(Number.isFinite(source.loss(p, tensors).dataSync()[0])).toBe(true)
  const { metrics } = await source.validate(p, signal)
  expect(Object.keys(metrics)).toEqual(['psnrCamera_dB', 'psnr25_dB'])
  expect(await source.validate(p, signal)).toMatchObject({ metrics })
  await source.close()
})
