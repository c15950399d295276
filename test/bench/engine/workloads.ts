import { type ComputeMode, compile } from '../../../main/engine/compile/compile.ts'
import { leavesOf, type TensorTree } from '../../../main/engine/compile/tree.ts'
import { type NamedTensors, type Scalar, type Tensor4D, tf } from '../../../main/engine/tensorflow.ts'
import { autoencoderLoss } from '../../../main/models/autoencoder/loss.ts'
import { autoencoderLossSettings } from '../../../main/models/autoencoder/loss-settings.ts'
import { dense } from '../../../main/models/dense/dense.ts'
import { denseOptions } from '../../../main/models/dense/options.ts'
import { startingParameters } from '../../../main/models/layers/parameters.ts'
import { createOptimizer } from '../../../main/training/optimizers/optimizer.ts'
import { createStep } from '../../../main/training/step.ts'
import { Random } from '../../../shared/random.ts'

/** Something to measure, in each way of computing; PyTorch's side has the same name in torch-bench.py. */
export interface EngineWorkload {
  readonly name: string
  readonly title: string
  /** floating-point operations of one run; 0 where they do not decide */
  readonly flop: number
  /** which geometric mean it counts in; null for none */
  readonly mean: 'inference' | 'training' | null
  /** height and width of each picture that one run sees, where PyTorch's side has to be told */
  readonly sizes?: readonly (readonly [number, number])[]
  /** takes so long that what is known to be slow is left out: XLA, emulated bfloat16 */
  readonly long?: boolean
  prepare(mode: ComputeMode): Prepared
}

export interface Prepared {
  /** Runs once and waits for the result. */
  run(): void
  /** Does what only the first run does, where that is less than a run. */
  warmUp?(): void
  dispose(): void
}

interface Layer {
  readonly inputs: number
  readonly outputs: number
  readonly size: number
  readonly stride: number
}

const layer = (inputs: number, outputs: number, size: number, stride = 1): Layer => ({
  ...{ inputs, outputs, size, stride },
})
/** Eight 3x3 convolutions of 64 channels, as in denoisers. */
const plain = [layer(3, 64, 3), ...Array.from({ length: 6 }, () => layer(64, 64, 3)), layer(64, 3, 3)]
/** 5x5 convolutions of 128 channels that halve the picture, as in codecs. */
const halving = [layer(3, 128, 5, 2), ...Array.from({ length: 3 }, () => layer(128, 128, 5, 2))]

function weightsOf(layers: readonly Layer[]): NamedTensors {
  const random = new Random(1)
  return Object.fromEntries(
    layers.flatMap(({ inputs, outputs, size }, i) => {
      const count = size * size * inputs * outputs
      const bound = Math.sqrt(3 / (size * size * inputs))
      const data = Float32Array.from({ length: count }, () => random.between(-bound, bound))
      return [
        [`${i}.weight`, tf.tensor4d(data, [size, size, inputs, outputs])],
        [`${i}.bias`, tf.zeros([outputs])],
      ]
    }),
  )
}

function forward(layers: readonly Layer[], p: NamedTensors, x: Tensor4D): Tensor4D {
  let y = x
  for (const [i, { stride }] of layers.entries()) {
    y = tf.conv2d(y, p[`${i}.weight`] as Tensor4D, stride, 'same').add(p[`${i}.bias`]!)
    if (i < layers.length - 1) y = tf.relu(y)
  }
  return y
}

/** Multiplications and additions of a pass forward; training takes three times as many. */
function flopOf(layers: readonly Layer[], [n, height, width]: readonly [number, number, number]): number {
  let pixels = n * height * width
  let flop = 0
  for (const { inputs, outputs, size, stride } of layers) {
    pixels /= stride * stride
    flop += 2 * pixels * size * size * inputs * outputs
  }
  return flop
}

function compiledRun<In extends TensorTree>(run: (input: In) => TensorTree, input: In, mode: ComputeMode) {
  const compiled = compile(run, { mode })
  return {
    run: () => tf.tidy(() => void (compiled(input) as Scalar).dataSync()),
    dispose() {
      compiled.dispose()
      tf.dispose(leavesOf(input, 'input'))
    },
  }
}

function inference(name: string, title: string, layers: readonly Layer[], shape: [number, number, number]) {
  const prepare = (mode: ComputeMode) =>
    compiledRun(
      // One number: reading a picture back would be measured, too.
      ({ p, x }: { p: NamedTensors; x: Tensor4D }) => forward(layers, p, x).mean(),
      { p: weightsOf(layers), x: picture(shape) },
      mode,
    )
  return { name, title, flop: flopOf(layers, shape), mean: 'inference' as const, prepare }
}

function training(name: string, title: string, layers: readonly Layer[], shape: [number, number, number]) {
  const loss = (p: NamedTensors, { x }: NamedTensors) =>
    forward(layers, p, x as Tensor4D)
      .square()
      .mean() as Scalar
  const start = () => ({ p: weightsOf(layers), batch: { x: picture(shape) } })
  const flop = 3 * flopOf(layers, shape)
  return { name, title, flop, mean: 'training' as const, prepare: trainingRun(loss, start) }
}

/** Whole steps as the trainer makes them: gradients, Adam, average. */
function trainingRun(
  loss: (p: NamedTensors, batch: NamedTensors) => Scalar,
  start: () => { p: NamedTensors; batch: NamedTensors },
) {
  return (mode: ComputeMode) => {
    const optimizer = createOptimizer('adam')
    const step = createStep({ loss }, optimizer, mode)
    const { p, batch } = start()
    let held = { parameters: p, average: tf.tidy(() => copyOf(p)), optimizer: optimizer.start(p) }
    let t = 0
    return {
      run() {
        const { gradients, norm } = step.gradients(held.parameters, batch)
        const rates = { learningRate: 1e-4, muonLearningRate: 1e-4, weightDecay: 0 }
        held = step.update(held, gradients, { rates, t: ++t, clip: Math.min(1, 1 / norm), averageKeep: 0.99 })
        Object.values(held.parameters)[0]!.dataSync()
      },
      dispose() {
        step.dispose()
        tf.dispose([{ ...held }, batch])
      },
    }
  }
}

function denseTraining(): EngineWorkload {
  const options = denseOptions.parse({})
  const network = dense.build(options)
  const settings = autoencoderLossSettings.parse({})
  const start = () => {
    const x = tf.randomUniform([128, options.inputs], 0, 1, 'float32', 3)
    return { p: startingParameters(dense.parameters(options), new Random(1)), batch: { input: x, target: x } }
  }
  const loss = (p: NamedTensors, batch: NamedTensors) => autoencoderLoss(network, p, batch, settings)
  return {
    name: 'dense-training',
    title: 'dense 784..16..784, step of 128',
    flop: 0,
    mean: null,
    prepare: trainingRun(loss, start),
  }
}

const picture = ([n, height, width]: readonly [number, number, number]) =>
  tf.randomUniform([n, height, width, 3], 0, 1, 'float32', 2) as Tensor4D
const copyOf = (tensors: NamedTensors) =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, tensor.add(0)]))

export const engineWorkloads: readonly EngineWorkload[] = [
  inference('conv-inference', '8 convs of 64, 512x768, inference', plain, [1, 512, 768]),
  training('conv-training', '8 convs of 64, step of 16 x 64x64', plain, [16, 64, 64]),
  inference('strided-inference', '5x5/2 convs of 128, 512x768, inference', halving, [1, 512, 768]),
  training('strided-training', '5x5/2 convs of 128, step of 8 x 256x256', halving, [8, 256, 256]),
  denseTraining(),
]
