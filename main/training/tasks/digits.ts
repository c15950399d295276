import { AppError } from '../../../shared/errors.ts'
import { Random } from '../../../shared/random.ts'
import { breathe } from '../../engine/serve.ts'
import { type NamedTensors, type Tensor2D, tf } from '../../engine/tensorflow.ts'
import type { DenseNetwork } from '../../models/dense/dense.ts'
import { denseLoss } from '../../models/dense/loss.ts'
import type { DenseLossSettings } from '../../models/dense/loss-settings.ts'
import { idxImages } from '../data/idx.ts'
import { createIdxBatches, idxSubset } from '../data/idx-batches.ts'
import type { DigitsData } from '../data-settings.ts'
import type { Batch, TrainingTask } from '../task.ts'

/** beside the streams of order and augmentation in `createIdxBatches` */
const maskStream = 2

export interface DigitsTaskOptions {
  readonly network: DenseNetwork
  readonly data: DigitsData
  readonly loss: DenseLossSettings
  /** an IDX file of grey images */
  readonly images: string
  readonly trainingCount: number
  readonly inputs: number
  readonly batch: number
  readonly seed: number
  readonly startStep: number
}

/** Reconstruction of small grey images: the first `trainingCount` are trained on, the rest judge. */
export async function createDigitsTask(options: DigitsTaskOptions): Promise<TrainingTask> {
  const { network, data, loss, batch, seed, trainingCount } = options
  const images = await idxImages(options.images)
  const size = images.rows * images.columns
  if (size !== options.inputs) {
    throw new AppError(
      'bad-input',
      `${options.images} holds images of ${images.rows} x ${images.columns} = ${size} pixels; the network takes ` +
        `${options.inputs} (set inputs=${size})`,
    )
  }
  if (trainingCount >= images.count) {
    throw new AppError(
      'bad-input',
      `trainingCount: expected less than the ${images.count} images, got ${trainingCount}`,
    )
  }
  const indices = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)
  const { turnDegrees, scaleShare, shiftPixels, inputNoiseSigma255 } = data
  const changes = turnDegrees > 0 || scaleShare > 0 || shiftPixels > 0
  const batches = createIdxBatches({
    ...{ images, batch, seed, startStep: options.startStep },
    indices: indices(0, trainingCount),
    augment: changes ? { degrees: turnDegrees, scale: scaleShare, shift: shiftPixels } : null,
    inputNoise: inputNoiseSigma255 / 255,
  })
  const heldOut = idxSubset(images, indices(trainingCount, images.count)).images

  return {
    samplesPerStep: batch,
    stepsPerEpoch: Math.ceil(trainingCount / batch),
    notes: [],
    async next() {
      const { step, images: clean, inputs } = await batches.next()
      const shape = [batch, size]
      const masks = loss.dropout > 0 ? dropoutMasks(network.maskWidths, batch, loss.dropout, seed, step) : {}
      return { input: { shape, data: inputs }, target: { shape, data: clean }, ...masks }
    },
    loss: (p, tensors) => denseLoss(network, p, tensors, loss),
    async validate(p, signal) {
      await breathe()
      signal.throwIfAborted()
      const mse = tf.tidy(() =>
        meanSquaredError(network, p, tf.tensor2d(heldOut, [heldOut.length / size, size])),
      )
      if (loss.loss === 'mse') return { loss: mse, metrics: { mse } }
      const crossEntropy = tf.tidy(() => {
        const x = tf.tensor2d(heldOut, [heldOut.length / size, size])
        return denseLoss(
          network,
          p,
          { input: x, target: x },
          { ...loss, dropout: 0, codeL1: 0 },
        ).dataSync()[0]
      })
      return { loss: crossEntropy, metrics: { mse } }
    },
    close: () => batches.close(),
  }
}

function meanSquaredError(network: DenseNetwork, p: NamedTensors, x: Tensor2D): number {
  return network.reconstruct(p, x).sub(x).square().mean().dataSync()[0]
}

/** Inverted dropout (Srivastava et al., JMLR 2014): 0, or 1 / (1 - rate), drawn anew for each step. */
function dropoutMasks(
  widths: readonly number[],
  batch: number,
  rate: number,
  seed: number,
  step: number,
): Batch {
  const random = new Random([seed, maskStream, step])
  return Object.fromEntries(
    widths.map((width, i) => {
      const data = Float32Array.from({ length: batch * width }, () =>
        random.uniform() < rate ? 0 : 1 / (1 - rate),
      )
      return [`mask.${i}`, { shape: [batch, width], data }]
    }),
  )
}
