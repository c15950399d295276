import { estimatePictureNoise } from '../../../shared/metrics/noise-level/estimate-picture-noise.ts'
import { toldLevel255 } from '../../../shared/metrics/noise-level/told-level.ts'
import { Random } from '../../../shared/random.ts'
import { askedMode } from '../../engine/choose.ts'
import { compile } from '../../engine/compile/compile.ts'
import { breathe } from '../../engine/serve.ts'
import { type NamedTensors, readFloats, type Tensor4D } from '../../engine/tensorflow.ts'
import { denoisedWhole, neighboursLoss } from '../../models/denoiser/neighbours-loss.ts'
import type { Network } from '../../models/model.ts'
import { centreCrops } from '../data/centre-crops.ts'
import { createPhotoBatches } from '../data/photo-batches.ts'
import { drawNeighbours } from '../data/recipes/neighbours.ts'
import type { NeighboursData } from '../data-settings.ts'
import { batchTensors } from '../step.ts'
import type { Batch, TrainingTask, Validation } from '../task.ts'
import { photoEpochs } from './photo-epochs.ts'

/** beside the streams of crops in `createPhotoBatches` */
const heldOutStream = 4

export interface NeighboursTaskOptions {
  readonly network: Network<Tensor4D>
  readonly data: NeighboursData
  readonly training: readonly string[]
  readonly validation: readonly string[]
  readonly batch: number
  readonly seed: number
  readonly startStep: number
}

/** Neighbor2Neighbor on noisy photos: no clean one is seen, neither in training nor in judging. */
export async function createNeighboursTask(options: NeighboursTaskOptions): Promise<TrainingTask> {
  const { network, data, batch, seed, startStep } = options
  const { crop, gamma } = data
  const batches = await createPhotoBatches({
    ...{ files: options.training, crop, batch, seed, startStep, recipe: 'neighbours' },
    // A smaller copy of a noisy photo has other noise.
    scaled: false,
  })
  const heldOut = (await centreCrops(options.validation, data.validationCrop, 16)).map(
    ({ shape, data }, index) => heldOutBatch(shape, data, new Random([heldOutStream, index])),
  )
  const lossOf = (p: NamedTensors, tensors: NamedTensors) => neighboursLoss(network, p, tensors, gamma)
  // Always in float32: a run's validations compare with each other and with other runs'.
  const judge = compile(
    ({ p, tensors }: { p: NamedTensors; tensors: NamedTensors }) =>
      lossOf(p, { ...tensors, ...denoisedWhole(network, p, tensors) }),
    { mode: askedMode() === 'eager' ? 'eager' : 'float32' },
  )

  return {
    ...photoEpochs({ training: options.training, batch, crop, skipped: batches.skipped }),
    async next() {
      const { noisy, sigma, first, second, shape } = await batches.next()
      const masks = [batch, crop / 2, crop / 2, 4]
      return {
        noisy: { shape, data: noisy },
        sigma: { shape: [batch], data: sigma },
        first: { shape: masks, data: first },
        second: { shape: masks, data: second },
      }
    },
    constants: (p, tensors) => denoisedWhole(network, p, tensors),
    loss: lossOf,
    async validate(p, signal): Promise<Validation> {
      let sum = 0
      for (const photo of heldOut) {
        await breathe()
        signal.throwIfAborted()
        sum += readFloats(() => judge({ p, tensors: batchTensors(photo) }))[0]!
      }
      return { loss: sum / heldOut.length, metrics: {} }
    },
    close() {
      judge.dispose()
      return batches.close()
    },
  }
}

/** A held-out photo as a batch of one, its neighbours drawn once and for all. */
function heldOutBatch(
  shape: readonly [number, number, number, number],
  noisy: Float32Array,
  random: Random,
): Batch {
  const [, height, width] = shape
  const masks = [1, height / 2, width / 2, 4]
  const cells = (height / 2) * (width / 2)
  const [first, second] = [new Float32Array(cells * 4), new Float32Array(cells * 4)]
  drawNeighbours(first, second, 0, cells, random)
  const found = estimatePictureNoise({ width, height, channels: 3, data: noisy })
  const told255 = toldLevel255(found, 'white')
  return {
    noisy: { shape, data: noisy },
    sigma: { shape: [1], data: Float32Array.of(told255 / 255) },
    first: { shape: masks, data: first },
    second: { shape: masks, data: second },
  }
}
