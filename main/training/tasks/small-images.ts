import { Random } from '../../../shared/random.ts'
import { breathe } from '../../engine/serve.ts'
import { type NamedTensors, readFloats, type Tensor2D, tf } from '../../engine/tensorflow.ts'
import { autoencoderLoss, priorDivergence, reconstructionLoss } from '../../models/autoencoder/loss.ts'
import type { AutoencoderLossSettings } from '../../models/autoencoder/loss-settings.ts'
import type { AutoencoderNetwork } from '../../models/autoencoder/network.ts'
import type { IdxImages } from '../data/idx.ts'
import { createIdxBatches, idxSubset } from '../data/idx-batches.ts'
import type { DigitsData } from '../data-settings.ts'
import type { Batch, Samples, TrainingTask, Validation } from '../task.ts'

/** beside the streams of order and augmentation in `createIdxBatches` */
const maskStream = 2
const drawStream = 3
const directionStream = 4

/** Held-out images are judged so many at a time. */
const judgedAtOnce = 500

export interface SmallImagesTaskOptions {
  readonly network: AutoencoderNetwork
  readonly images: IdxImages
  /** indices of the images trained on, and of those that judge */
  readonly training: readonly number[]
  readonly heldOut: readonly number[]
  readonly data: DigitsData
  readonly loss: AutoencoderLossSettings
  readonly batch: number
  readonly seed: number
  readonly startStep: number
  readonly notes?: readonly string[]
}

/** Reconstruction of small images, whatever they come from. */
export function createSmallImagesTask(options: SmallImagesTaskOptions): TrainingTask {
  const { network, images, training, data, loss, batch, seed } = options
  const size = network.inputs
  const { turnDegrees, scaleShare, shiftPixels, inputNoiseSigma255, inputMaskShare, undoChanges } = data
  const changes = turnDegrees > 0 || scaleShare > 0 || shiftPixels > 0
  const batches = createIdxBatches({
    ...{ images, batch, seed, startStep: options.startStep, indices: training },
    augment: changes ? { degrees: turnDegrees, scale: scaleShare, shift: shiftPixels } : null,
    inputNoise: inputNoiseSigma255 / 255,
    inputMask: inputMaskShare,
    undo: undoChanges,
  })
  const heldOut = idxSubset(images, options.heldOut).images
  const normals = (stream: number, step: number, width: number) => ({
    shape: [batch, width],
    data: new Random([seed, stream, step]).fillNormal(new Float32Array(batch * width)),
  })

  return {
    samplesPerStep: batch,
    stepsPerEpoch: Math.ceil(training.length / batch),
    notes: options.notes ?? [],
    // The slope is a small difference of two codes, which bfloat16 would drown.
    needsFloat32: loss.contractive > 0,
    async next() {
      const { step, images: clean, inputs } = await batches.next()
      const shape = [batch, size]
      return {
        input: { shape, data: inputs },
        target: { shape, data: clean },
        ...(loss.dropout > 0 ? dropoutMasks(network.maskWidths, batch, loss.dropout, seed, step) : {}),
        ...(network.isVariational ? { draw: normals(drawStream, step, network.codeLength) } : {}),
        ...(loss.contractive > 0 ? { direction: normals(directionStream, step, size) } : {}),
      }
    },
    loss: (p, tensors) => autoencoderLoss(network, p, tensors, loss),
    validate: (p, signal) => validate(network, p, heldOut, loss, signal),
    samples: (p) => samples(network, p, heldOut, images),
    close: () => batches.close(),
  }
}

/**
 * The reconstruction's loss without what training adds, and the mean squared error. For a variational network the loss is
 * that of codes drawn from their spread (the same draws each time) with the divergence: its evidence bound.
 */
async function validate(
  network: AutoencoderNetwork,
  p: NamedTensors,
  heldOut: Float32Array,
  settings: AutoencoderLossSettings,
  signal: AbortSignal,
): Promise<Validation> {
  const { inputs, codeLength, isVariational } = network
  const count = heldOut.length / inputs
  let [loss, mse, divergence] = [0, 0, 0]
  for (let from = 0; from < count; from += judgedAtOnce) {
    await breathe()
    signal.throwIfAborted()
    const n = Math.min(judgedAtOnce, count - from)
    const figures = tf.tidy(() => {
      const x = tf.tensor2d(heldOut.subarray(from * inputs, (from + n) * inputs), [n, inputs])
      const noise = () => new Random([from]).fillNormal(new Float32Array(n * codeLength))
      const draw = isVariational ? tf.tensor2d(noise(), [n, codeLength]) : undefined
      const { code, logits, logVariance } = network.forward(p, x, { draw })
      const output = isVariational ? network.reconstruct(p, x) : (tf.sigmoid(logits) as Tensor2D)
      return tf
        .stack([
          output.sub(x).square().mean(),
          reconstructionLoss(logits, x, settings.loss),
          logVariance ? priorDivergence(code, logVariance) : tf.scalar(0),
        ])
        .dataSync()
    })
    mse += (figures[0]! * n) / count
    divergence += (figures[2]! * n) / count
    loss += (figures[1]! * n) / count
  }
  if (!isVariational) return { loss: settings.loss === 'mse' ? mse : loss, metrics: { mse } }
  return { loss: loss + (settings.beta * divergence) / inputs, metrics: { mse, divergence_nats: divergence } }
}

const shown = 12

function samples(
  network: AutoencoderNetwork,
  p: NamedTensors,
  heldOut: Float32Array,
  { rows, columns, channels }: IdxImages,
): Samples {
  const { inputs: size } = network
  const inputs = heldOut.slice(0, shown * size)
  const outputs = readFloats(() => network.reconstruct(p, tf.tensor2d(inputs, [inputs.length / size, size])))
  return { rows, columns, channels, inputs, outputs }
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
