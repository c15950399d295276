import { estimatePictureNoise } from '../../../shared/metrics/noise-level/estimate-picture-noise.ts'
import { toldLevel255 } from '../../../shared/metrics/noise-level/told-level.ts'
import { Random } from '../../../shared/random.ts'
import { compile } from '../../engine/compile/compile.ts'
import { breathe } from '../../engine/serve.ts'
import { type NamedTensors, readFloats, tf } from '../../engine/tensorflow.ts'
import { denoisedWhole, neighboursFigures, neighboursLoss } from '../../models/denoiser/neighbours-loss.ts'
import { type CentreCrop, centreCrops } from '../data/centre-crops.ts'
import { createPhotoBatches } from '../data/photo-batches.ts'
import { drawNeighbours } from '../data/recipes/neighbours.ts'
import type { NeighboursData } from '../data-settings.ts'
import { batchTensors } from '../step.ts'
import type { Batch, TrainingTask, Validation } from '../task.ts'
import { photoEpochs } from './photo-epochs.ts'
import { photoSamples } from './photo-samples.ts'
import { judgingMode, type PhotoTaskOptions } from './photo-task.ts'

/** beside the streams of crops in `createPhotoBatches` */
const heldOutStream = 4

/** Neighbor2Neighbor on noisy photos: no clean one is seen, neither in training nor in judging. */
export async function createNeighboursTask(options: PhotoTaskOptions<NeighboursData>): Promise<TrainingTask> {
  const { network, data, batch, seed, startStep } = options
  const { crop, gamma } = data
  const batches = await createPhotoBatches({
    ...{ files: options.training, crop, batch, seed, startStep, recipe: 'neighbours' },
    // A smaller copy of a noisy photo has other noise.
    scaled: false,
  })
  const photos = await centreCrops(options.validation, data.validationCrop, 16)
  const heldOut = photos.map((photo, index) => heldOutBatch(photo, new Random([heldOutStream, index])))
  const correlated = heldOut.filter(({ isCorrelated }) => isCorrelated).length
  const lossOf = (p: NamedTensors, tensors: NamedTensors) => neighboursLoss(network, p, tensors, gamma)
  const judge = compile(
    ({ p, tensors }: { p: NamedTensors; tensors: NamedTensors }) =>
      neighboursFigures(network, p, { ...tensors, ...denoisedWhole(network, p, tensors) }, gamma),
    { mode: judgingMode() },
  )

  const epochs = photoEpochs({ training: options.training, batch, crop, skipped: batches.skipped })
  return {
    ...epochs,
    notes: [
      ...epochs.notes,
      ...(2 * correlated > heldOut.length ? [sharedNoiseNote(correlated, heldOut.length)] : []),
    ],
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
      let [sum, psnr] = [0, 0]
      for (const { batch } of heldOut) {
        await breathe()
        signal.throwIfAborted()
        const [loss, square] = readFloats(() => judge({ p, tensors: batchTensors(batch) }))
        sum += loss!
        psnr -= 10 * Math.log10(square!)
      }
      return { loss: sum / heldOut.length, metrics: { psnrNeighbours_dB: psnr / heldOut.length } }
    },
    samples: (p) =>
      photoSamples(photos, (input, shape, index) => {
        const sigma = heldOut[index]!.batch.sigma!.data
        const output = readFloats(() => network.denoise!(p, tf.tensor4d(input, shape), tf.tensor1d(sigma)))
        return { input, output }
      }),
    close() {
      judge.dispose()
      return batches.close()
    },
  }
}

function sharedNoiseNote(count: number, of: number): string {
  return (
    `In ${count} of the ${of} held-out photos neighbouring pixels share their noise, as in most cameras' files. This ` +
    'training takes such noise for detail, and its figures do not see it: look at the pictures before you keep the model.'
  )
}

/** A held-out photo as a batch of one, its neighbours drawn once and for all. */
function heldOutBatch({ shape, data: noisy }: CentreCrop, random: Random) {
  const [, height, width] = shape
  const masks = [1, height / 2, width / 2, 4]
  const cells = (height / 2) * (width / 2)
  const [first, second] = [new Float32Array(cells * 4), new Float32Array(cells * 4)]
  drawNeighbours(first, second, 0, cells, random)
  const found = estimatePictureNoise({ width, height, channels: 3, data: noisy })
  const told255 = toldLevel255(found, 'white')
  const batch: Batch = {
    noisy: { shape, data: noisy },
    sigma: { shape: [1], data: Float32Array.of(told255 / 255) },
    first: { shape: masks, data: first },
    second: { shape: masks, data: second },
  }
  return { batch, isCorrelated: found.correlated }
}
