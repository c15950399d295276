import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tf } from '../../../../main/engine/tensorflow.ts'
import { autoencoderLossSettings } from '../../../../main/models/autoencoder/loss-settings.ts'
import { convOptions } from '../../../../main/models/conv/options.ts'
import { dense } from '../../../../main/models/dense/dense.ts'
import { denseOptions } from '../../../../main/models/dense/options.ts'
import { startingParameters } from '../../../../main/models/layers/parameters.ts'
import { vae } from '../../../../main/models/vae/vae.ts'
import { digitsData } from '../../../../main/training/data-settings.ts'
import { createDigitsTask, type DigitsTaskOptions } from '../../../../main/training/tasks/digits.ts'
import { Random } from '../../../../shared/random.ts'
import { writeBlots } from '../blots.ts'

let folder: string
let images: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-digits-'))
  images = await writeBlots(join(folder, 'blots'), 30)
})
afterAll(() => rm(folder, { recursive: true }))

const options = denseOptions.parse({ hidden: [8], code: 2 })
const network = dense.build(options)
const signal = new AbortController().signal

function task(given: Partial<DigitsTaskOptions> = {}) {
  return createDigitsTask({
    ...{ network, data: digitsData.parse({}), loss: autoencoderLossSettings.parse({}), images },
    ...{ trainingCount: 20, batch: 8, seed: 1, startStep: 0 },
    ...given,
  })
}

test('a batch: clean targets, noisy inputs, and dropout masks of the rate asked for', async () => {
  const data = digitsData.parse({ inputNoiseSigma255: 25.5 })
  const loss = autoencoderLossSettings.parse({ dropout: 0.25 })
  const source = await task({ data, loss, batch: 500 })
  const batch = await source.next()
  expect(Object.keys(batch)).toEqual(['input', 'target', 'mask.0', 'mask.1'])
  const { input, target } = batch
  expect(input!.shape).toEqual([500, 784])
  let [squares, outside] = [0, 0]
  for (const [i, value] of target!.data.entries()) {
    squares += (input!.data[i]! - value) ** 2
    if (value < 0 || value > 1) outside++
  }
  expect(Math.sqrt(squares / target!.data.length)).toBeCloseTo(0.1, 3)
  expect(outside).toBe(0)
  const mask = batch['mask.0']!
  expect(mask.shape).toEqual([500, 8])
  expect([...new Set(mask.data)].sort()).toEqual([0, Math.fround(1 / 0.75)])
  const dropped = mask.data.filter((value) => value === 0).length / mask.data.length
  expect(dropped).toBeGreaterThan(0.22)
  expect(dropped).toBeLessThan(0.28)
  expect(mask.data).not.toEqual(batch['mask.1']!.data)
})

test('the batch of a step is the same wherever the run began, and differs between steps and seeds', async () => {
  const given = {
    data: digitsData.parse({ inputNoiseSigma255: 10, turnDegrees: 10 }),
    loss: autoencoderLossSettings.parse({ dropout: 0.5 }),
  }
  const whole = await task(given)
  const batches = [await whole.next(), await whole.next(), await whole.next()]
  const resumed = await task({ ...given, startStep: 2 })
  expect(await resumed.next()).toEqual(batches[2])
  expect(batches[1]!['mask.0']).not.toEqual(batches[2]!['mask.0'])
  expect((await (await task({ ...given, seed: 2 })).next())['mask.0']).not.toEqual(batches[0]!['mask.0'])
})

test('validation: on the images held out, without dropout, noise or penalty, and without leaks', async () => {
  const p = startingParameters(dense.parameters(options), new Random(1))
  const before = tf.memory().numTensors
  const plain = await (await task()).validate(p, signal)
  expect(plain.metrics.mse).toBe(plain.loss)
  const loss = autoencoderLossSettings.parse({ dropout: 0.5, codeL1: 10 })
  const data = digitsData.parse({ inputNoiseSigma255: 50 })
  expect(await (await task({ loss, data })).validate(p, signal)).toEqual(plain)
  const entropy = await (await task({ loss: { ...loss, loss: 'bce' } })).validate(p, signal)
  expect(entropy.metrics.mse).toBe(plain.loss)
  // A fresh network is near one half everywhere: log 2 = 0.693 nats a pixel.
  expect(entropy.loss).toBeCloseTo(0.69, 1)
  const half = await (await task({ loss: { ...loss, loss: 'bce', codeL1: 5 } })).validate(p, signal)
  expect(half).toEqual(entropy)
  const more = await (await task({ trainingCount: 10 })).validate(p, signal)
  expect(more.loss).not.toBe(plain.loss)
  expect(tf.memory().numTensors).toBe(before)
})

test('an epoch sees each training image once; sizes that do not fit are refused by name', async () => {
  expect((await task({ batch: 8 })).stepsPerEpoch).toBe(3)
  await expect(task({ network: dense.build({ ...options, inputs: 100 }) })).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringMatching(
      /28 x 28 = 784 pixels; the network takes 100 \(set inputs=784, or rows=28/,
    ),
  })
  await expect(task({ trainingCount: 30 })).rejects.toMatchObject({
    code: 'bad-input',
    message: 'trainingCount: expected less than the 30 images, got 30',
  })
})

test('to undo changes: the target is the image as it was, the input the moved one, with holes', async () => {
  const data = digitsData.parse({ undoChanges: true, shiftPixels: 3, inputMaskShare: 0.5 })
  const [plain, moved] = [await task({ batch: 20 }), await task({ batch: 20, data })]
  const [a, b] = [await plain.next(), await moved.next()]
  expect(b.target).toEqual(a.target)
  expect(b.input).not.toEqual(a.input)
  const lit = (values: Float32Array) => values.filter((value) => value > 0).length
  const share = lit(b.input!.data) / lit(b.target!.data)
  expect(share).toBeGreaterThan(0.4)
  expect(share).toBeLessThan(0.6)
})

test('of a file only the first images are looked at, where so many are asked for', async () => {
  const p = startingParameters(dense.parameters(options), new Random(1))
  const first = await (await task({ imageCount: 25 })).validate(p, signal)
  expect(first).not.toEqual(await (await task()).validate(p, signal))
  await expect(task({ imageCount: 20 })).rejects.toThrow('less than the 20 images')
})

test('further IDX files are trained on, and judge nothing', async () => {
  const extra = [await writeBlots(join(folder, 'more'), 12)]
  const source = await task({ extra })
  expect(source.stepsPerEpoch).toBe(4)
  const p = startingParameters(dense.parameters(options), new Random(1))
  expect(await source.validate(p, signal)).toEqual(await (await task()).validate(p, signal))
})

test('a variational network gets its draws as inputs, and is judged by its evidence bound', async () => {
  const options = convOptions.parse({ widths: [4], code: 3 })
  const variational = vae.build(options)
  const p = startingParameters(vae.parameters(options), new Random(1))
  const loss = autoencoderLossSettings.parse({ loss: 'bce', contractive: 0.1 })
  const source = await task({ network: variational, loss })
  const { draw, direction } = await source.next()
  expect(draw!.shape).toEqual([8, 3])
  expect(direction!.shape).toEqual([8, 784])
  expect(source.needsFloat32).toBe(true)
  expect((await task()).needsFloat32).toBe(false)
  const judged = await source.validate(p, signal)
  expect(judged.metrics.divergence_nats).toBeGreaterThan(0)
  const twice = await (await task({ network: variational, loss: { ...loss, beta: 2 } })).validate(p, signal)
  expect(twice.loss - judged.loss).toBeCloseTo(judged.metrics.divergence_nats! / 784, 6)
})
