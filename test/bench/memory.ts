import type { ComputeMode } from '../../main/engine/compile/compile.ts'
import { type NamedTensors, type Scalar, type Tensor4D, tf } from '../../main/engine/tensorflow.ts'
import { autoencoderLoss } from '../../main/models/autoencoder/loss.ts'
import { autoencoderLossSettings } from '../../main/models/autoencoder/loss-settings.ts'
import { codec } from '../../main/models/codec/codec.ts'
import { codecLoss } from '../../main/models/codec/loss.ts'
import { codecOptions } from '../../main/models/codec/options.ts'
import { compiledNetwork } from '../../main/models/compiled-network.ts'
import { denoiser } from '../../main/models/denoiser/denoiser.ts'
import { denoiserLoss } from '../../main/models/denoiser/loss.ts'
import { denoiserOptions } from '../../main/models/denoiser/options.ts'
import { dense } from '../../main/models/dense/dense.ts'
import { denseOptions } from '../../main/models/dense/options.ts'
import { type ParameterSpec, startingParameters } from '../../main/models/layers/parameters.ts'
import { freshTensors } from '../../main/training/loop.ts'
import { createOptimizer } from '../../main/training/optimizers/optimizer.ts'
import { trainingSettings } from '../../main/training/settings.ts'
import { createStep } from '../../main/training/step.ts'
import { Random } from '../../shared/random.ts'
import { type NativeMemory, nativeMemory } from '../fixtures/engine/native-memory.ts'

export interface MemoryBench {
  readonly what: string
  readonly mode: ComputeMode
  readonly before: NativeMemory
  readonly after: NativeMemory
}

export const memorySteps = 10_000
/** Until allocators and thread pools have settled. */
const warmupSteps = 1000

type Steps = { step(): void; dispose(): void }

/** Memory before and after 10,000 training steps, or denoised pictures, of each model; small ones: it is about leaks. */
export function benchMemory(): MemoryBench[] {
  const small = denoiserOptions.parse({ widths: [8, 8, 8], blocks: [1, 1, 1] })
  const network = denoiser.build(small)
  const wide = denseOptions.parse({})
  const narrow = codecOptions.parse({
    ...{ width: 8, blocks: 1, latents: 12, hyper: 8, context: 8, groups: [4, 8] },
  })
  const denoiserBatch = () => ({ ...{ clean: picture(16), noisy: picture(16) }, sigma: tf.tensor1d([0.1]) })
  const cases: [string, readonly ComputeMode[], (mode: ComputeMode) => Steps][] = [
    [
      'dense, training',
      ['float32', 'xla'],
      training(
        dense.parameters(wide),
        () => ({ input: tf.ones([8, wide.inputs]), target: tf.ones([8, wide.inputs]) }),
        (p, batch) => autoencoderLoss(dense.build(wide), p, batch, autoencoderLossSettings.parse({})),
      ),
    ],
    [
      'denoiser, training',
      ['float32', 'bfloat16'],
      training(denoiser.parameters(small), denoiserBatch, (p, batch) => denoiserLoss(network, p, batch)),
    ],
    [
      'codec, training',
      ['float32'],
      training(
        codec.parameters(narrow),
        () => ({
          ...{ images: picture(64), level: tf.tensor1d([3]) },
          ...{ 'noise.y': tf.zeros([1, 4, 4, narrow.latents]), 'noise.z': tf.zeros([1, 1, 1, narrow.hyper]) },
        }),
        (p, batch) => codecLoss(p, batch, narrow),
      ),
    ],
    ['denoiser, inference', ['eager', 'float32', 'bfloat16'], (mode) => denoising(small, network, mode)],
  ]
  return cases.flatMap(([what, modes, prepare]) =>
    modes.map((mode) => {
      const { step, dispose } = prepare(mode)
      const run = (steps: number) => {
        for (let i = 0; i < steps; i++) step()
        return nativeMemory()
      }
      const before = run(warmupSteps)
      const after = run(memorySteps)
      dispose()
      return { what, mode, before, after }
    }),
  )
}

/** Steps as the trainer makes them, with Muon. */
function training(
  specs: readonly ParameterSpec[],
  batchOf: () => NamedTensors,
  loss: (p: NamedTensors, batch: NamedTensors) => Scalar,
) {
  return (mode: ComputeMode): Steps => {
    const settings = trainingSettings.parse({ optimizer: 'muon' })
    const stepping = createStep({ loss }, createOptimizer(settings.optimizer), mode)
    let held = freshTensors(startingParameters(specs, new Random(1)), settings)
    let t = 0
    return {
      step() {
        const batch = batchOf()
        const { gradients } = stepping.gradients(held.parameters, batch)
        tf.dispose(batch)
        const rates = { learningRate: 1e-5, muonLearningRate: 1e-5, weightDecay: 0 }
        held = stepping.update(held, gradients, { rates, t: ++t, clip: 1, averageKeep: 0.99 })
      },
      dispose() {
        stepping.dispose()
        tf.dispose({ ...held })
      },
    }
  }
}

function denoising(
  options: ReturnType<typeof denoiserOptions.parse>,
  network: ReturnType<typeof denoiser.build>,
  mode: ComputeMode,
): Steps {
  const parameters = startingParameters(denoiser.parameters(options), new Random(1))
  const compiled = compiledNetwork(network, mode)
  return {
    step() {
      tf.tidy(() => {
        compiled.denoise!(parameters, picture(16), tf.tensor1d([0.1])).dataSync()
      })
    },
    dispose() {
      compiled.dispose()
      tf.dispose(parameters)
    },
  }
}

const picture = (side: number) =>
  tf.tensor4d(new Float32Array(side * side * 3).fill(0.5), [1, side, side, 3]) as Tensor4D
