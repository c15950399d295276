import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ComputeMode } from '../../../main/engine/compile/compile.ts'
import {
  type NamedTensors,
  type Scalar,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tf,
} from '../../../main/engine/tensorflow.ts'
import { autoencoderLoss } from '../../../main/models/autoencoder/loss.ts'
import { autoencoderLossSettings } from '../../../main/models/autoencoder/loss-settings.ts'
import type { AutoencoderNetwork } from '../../../main/models/autoencoder/network.ts'
import { readCard, readWeights } from '../../../main/models/card.ts'
import { codec } from '../../../main/models/codec/codec.ts'
import { codecLoss } from '../../../main/models/codec/loss.ts'
import { codecOptions } from '../../../main/models/codec/options.ts'
import { candidateModes, compiledNetwork } from '../../../main/models/compiled-network.ts'
import { convolutional } from '../../../main/models/conv/conv.ts'
import { convOptions } from '../../../main/models/conv/options.ts'
import { denoiser } from '../../../main/models/denoiser/denoiser.ts'
import { denoiserLoss } from '../../../main/models/denoiser/loss.ts'
import { neighboursLoss } from '../../../main/models/denoiser/neighbours-loss.ts'
import { denoiserOptions } from '../../../main/models/denoiser/options.ts'
import { dense } from '../../../main/models/dense/dense.ts'
import { denseOptions } from '../../../main/models/dense/options.ts'
import {
  type ParameterSpec,
  parametersFromFile,
  startingParameters,
} from '../../../main/models/layers/parameters.ts'
import { restorerLoss } from '../../../main/models/restorer/loss.ts'
import { restorer } from '../../../main/models/restorer/restorer.ts'
import { vae } from '../../../main/models/vae/vae.ts'
import { architecture } from '../../../main/models/zoo.ts'
import { decodeRgb8 } from '../../../main/training/data/decode.ts'
import { createOptimizer } from '../../../main/training/optimizers/optimizer.ts'
import type { OptimizerKind } from '../../../main/training/settings.ts'
import { createStep } from '../../../main/training/step.ts'
import { Random } from '../../../shared/random.ts'

const root = join(import.meta.dirname, '../../..')
const random = new Random(5)
const values = (count: number) => Float32Array.from({ length: count }, () => random.uniform())

const denoiserSettings = denoiserOptions.parse({})
const denoiserNetwork = denoiser.build(denoiserSettings)
const smallSettings = denoiserOptions.parse({ widths: [16, 16, 24], blocks: [1, 1, 1] })
const smallNetwork = denoiser.build(smallSettings)
const denseSettings = denseOptions.parse({})
const denseNetwork = dense.build(denseSettings)
const codecSettings = codecOptions.parse({
  ...{ width: 32, blocks: 1, latents: 48, hyper: 32, context: 32, groups: [8, 40] },
})
const lossSettings = autoencoderLossSettings.parse({})
const convSettings = convOptions.parse({ rows: 8, columns: 12, channels: 3, widths: [8, 12], code: 5 })
const convNetwork = convolutional.build(convSettings)
const shaped = autoencoderLossSettings.parse({
  ...{ dropout: 0.2, codeL1: 0.1, codeKl: 0.1, contractive: 0.01 },
})
const vaeNetwork = vae.build(convSettings)
const vaeLossSettings = autoencoderLossSettings.parse({ loss: 'bce', beta: 0.5 })
/** Images with what all the options need. */
function imageBatch(network: AutoencoderNetwork): NamedTensors {
  const { inputs, codeLength, maskWidths } = network
  const tensor = (width: number) => tf.tensor2d(values(16 * width), [16, width])
  const masks = maskWidths.map((width, i) => [`mask.${i}`, tensor(width).greater(0.2).toFloat().div(0.8)])
  const target = tensor(inputs)
  const noisy = target.add(tensor(inputs).sub(0.5).mul(0.1))
  return {
    ...{ input: noisy, target, direction: tensor(inputs), draw: tensor(codeLength).sub(0.5) },
    ...Object.fromEntries(masks),
  }
}

interface Case {
  readonly specs: readonly ParameterSpec[]
  readonly batch: () => NamedTensors
  readonly loss: (p: NamedTensors, batch: NamedTensors) => Scalar
  readonly optimizer: OptimizerKind
}
const cases: Record<string, Case> = {
  dense: {
    specs: dense.parameters(denseSettings),
    batch: () => {
      const x = tf.tensor2d(values(32 * 784), [32, 784])
      return { input: x, target: x } // one tensor as two inputs
    },
    loss: (p, batch) => autoencoderLoss(denseNetwork, p, batch, lossSettings),
    optimizer: 'adam',
  },
  'conv, denoising, sparse and contractive': {
    specs: convolutional.parameters(convSettings),
    batch: () => imageBatch(convNetwork),
    loss: (p, batch) => autoencoderLoss(convNetwork, p, batch, shaped),
    optimizer: 'adam',
  },
  vae: {
    specs: vae.parameters(convSettings),
    batch: () => imageBatch(vaeNetwork),
    loss: (p, batch) => autoencoderLoss(vaeNetwork, p, batch, vaeLossSettings),
    optimizer: 'adam',
  },
  denoiser: {
    specs: denoiser.parameters(denoiserSettings),
    batch: () => {
      const clean = tf.tensor4d(values(2 * 32 * 32 * 3), [2, 32, 32, 3])
      const noisy = clean.add(tf.tensor4d(values(2 * 32 * 32 * 3), [2, 32, 32, 3]).mul(0.1))
      return { clean, noisy, sigma: tf.tensor1d([0.1, 0.05]) }
    },
    loss: (p, batch) => denoiserLoss(denoiserNetwork, p, batch),
    optimizer: 'muon',
  },
  'denoiser, from noisy photos alone': {
    specs: denoiser.parameters(smallSettings),
    batch: () => {
      const noisy = tf.tensor4d(values(2 * 32 * 32 * 3), [2, 32, 32, 3])
      const cells = tf.tensor4d(values(2 * 16 * 16 * 4), [2, 16, 16, 4])
      const picked = (of: Tensor) => of.equal(of.max(3, true)).toFloat()
      const [first, second] = [picked(cells), picked(cells.neg())]
      return { noisy, sigma: tf.tensor1d([0.1, 0.05]), first, second, whole: noisy.mul(0.9) }
    },
    loss: (p, batch) => neighboursLoss(smallNetwork, p, batch, 2),
    optimizer: 'muon',
  },
  restorer: {
    specs: restorer.parameters(smallSettings),
    batch: () => ({
      clean: tf.tensor4d(values(2 * 32 * 32 * 3), [2, 32, 32, 3]),
      filled: tf.tensor4d(values(2 * 32 * 32 * 3), [2, 32, 32, 3]),
      missing: tf
        .tensor4d(values(2 * 32 * 32), [2, 32, 32, 1])
        .less(0.3)
        .toFloat(),
    }),
    loss: (p, batch) => restorerLoss(smallNetwork, p, batch),
    optimizer: 'muon',
  },
  codec: {
    specs: codec.parameters(codecSettings),
    batch: () => ({
      images: tf.tensor4d(values(2 * 64 * 64 * 3), [2, 64, 64, 3]),
      level: tf.tensor1d([1.3, 5.8]),
      'noise.y': tf.tensor4d(values(2 * 16 * 48), [2, 4, 4, 48]).sub(0.5),
      'noise.z': tf.tensor4d(values(2 * 32), [2, 1, 1, 32]).sub(0.5),
    }),
    loss: (p, batch) => codecLoss(p, batch, codecSettings),
    optimizer: 'muon',
  },
}

/** Weights and losses after ten steps. */
function train({ specs, loss, optimizer: kind }: Case, batch: NamedTensors, mode: ComputeMode) {
  const optimizer = createOptimizer(kind)
  const step = createStep({ loss }, optimizer, mode)
  const start = startingParameters(specs, new Random(1))
  let held = {
    parameters: start,
    average: startingParameters(specs, new Random(1)),
    optimizer: optimizer.start(start),
  }
  const losses: number[] = []
  for (let t = 1; t <= 10; t++) {
    const { loss, gradients } = step.gradients(held.parameters, batch)
    losses.push(loss)
    const rates = { learningRate: 1e-3 / t, muonLearningRate: 1e-3 / t, weightDecay: 0.01 }
    held = step.update(held, gradients, { rates, t, clip: 0.9, averageKeep: 0.9 })
  }
  step.dispose()
  return { ...held, losses }
}

/** |a - b| / |b| over all weights together */
function relativeDifference(a: NamedTensors, b: NamedTensors): number {
  return tf.tidy(() => {
    const names = Object.keys(b)
    const squares = (f: (name: string) => Tensor) =>
      tf.addN(names.map((name) => f(name).square().sum())).dataSync()[0]!
    return Math.sqrt(squares((name) => a[name]!.sub(b[name]!)) / squares((name) => b[name]!))
  })
}

// Source: the same code run eagerly, op by op.
test.each(Object.entries(cases))(
  '%s: compiled training follows eager training for ten steps',
  (_name, one) => {
    const before = tf.memory().numTensors
    const batch = tf.tidy(one.batch)
    const eager = train(one, batch, 'eager')
    const compiled = train(one, batch, 'float32')
    expect(compiled.losses.at(-1)).toBeLessThan(compiled.losses[0]!)
    for (const group of ['parameters', 'average', 'optimizer'] as const) {
      expect(relativeDifference(compiled[group], eager[group])).toBeLessThan(1e-5)
    }
    for (const { parameters, average, optimizer } of [eager, compiled])
      tf.dispose([parameters, average, optimizer])
    tf.dispose(batch)
    expect(tf.memory().numTensors).toBe(before)
  },
)

const peak = (a: Tensor4D, b: Tensor4D) =>
  tf.tidy(() => -10 * Math.log10(a.sub(b).square().mean().dataSync()[0]!))

/** A piece of a sample photo, (1, side, side, 3), and the same with noise of sigma 25. */
async function photo(side: number): Promise<{ clean: Tensor4D; noisy: Tensor4D }> {
  const { width, pixels } = await decodeRgb8(join(root, 'assets/samples/lake.jpg'))
  const data = new Float32Array(side * side * 3)
  for (let y = 0; y < side; y++)
    for (let i = 0; i < side * 3; i++) data[y * side * 3 + i] = pixels[(y + 100) * width * 3 + 300 + i]! / 255
  const clean = tf.tensor4d(data, [1, side, side, 3])
  const noise = new Random(9).fillNormal(new Float32Array(side * side * 3))
  const noisy = tf.tidy(() => clean.add(tf.tensor4d(noise, [1, side, side, 3]).mul(25 / 255))) as Tensor4D
  return { clean, noisy }
}

test.each(['denoiser', 'denoiser-camera', 'codec'])(
  '%s: bfloat16 is within 50 dB of float32 on a photo, and as good',
  async (id) => {
    const folder = join(root, 'assets/models', id)
    const card = await readCard(folder)
    const model = architecture(card.architecture.id)
    const options = model.options.parse(card.architecture.options)
    const stored = await readWeights(folder, card)
    const tensors = model.unpack ? model.unpack(stored, options) : stored
    const p = parametersFromFile(model.parameters(options), tensors, folder)
    const { clean, noisy } = await photo(128)
    const sigma = tf.tensor1d([25 / 255])
    const infer = (mode: ComputeMode) => {
      const network = compiledNetwork(model.build(options), mode)
      const result = network.denoise ? network.denoise(p, noisy, sigma) : network.reconstruct(p, clean)
      network.dispose()
      return result as Tensor4D
    }
    const [eager, float32, bfloat16] = [infer('eager'), infer('float32'), infer('bfloat16')]
    expect(peak(float32, eager)).toBeGreaterThan(110)
    const dB = peak(bfloat16, float32)
    console.info(`${id}, bfloat16 against float32: ${dB.toFixed(1)} dB`)
    expect(dB).toBeGreaterThan(50)
    expect(dB).toBeLessThan(90) // it was bfloat16
    expect(Math.abs(peak(bfloat16, clean) - peak(float32, clean))).toBeLessThan(0.2)
    tf.dispose([p, clean, noisy, sigma, eager, float32, bfloat16])
  },
)

test('dense: all functions of a compiled network give what the network gives', () => {
  const p = startingParameters(cases.dense!.specs, new Random(3))
  const x = tf.tensor2d(values(4 * 784), [4, 784])
  for (const mode of ['float32', 'xla'] as const) {
    const compiled = compiledNetwork(denseNetwork, mode)
    tf.tidy(() => {
      const code = compiled.encode(p, x)
      const same = (a: Tensor2D, b: Tensor2D) => expect(a.sub(b).abs().max().dataSync()[0]).toBeLessThan(1e-5)
      same(code.code as Tensor2D, denseNetwork.encode(p, x).code as Tensor2D)
      same(compiled.decode(p, code) as Tensor2D, denseNetwork.decode(p, code) as Tensor2D)
      same(compiled.reconstruct(p, x) as Tensor2D, denseNetwork.reconstruct(p, x) as Tensor2D)
    })
    compiled.dispose()
  }
  tf.dispose([p, x])
})

test('XLA is no candidate for convolutions on a CPU, and is for dense networks', () => {
  expect(candidateModes(cases.dense!.specs)).toContain('xla')
  expect(candidateModes(cases.denoiser!.specs).includes('xla')).toBe(
    (tf.backend() as unknown as { isUsingGpuDevice: boolean }).isUsingGpuDevice,
  )
})
