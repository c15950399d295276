import { Random } from '../../../shared/random.ts'
import { askedMode } from '../../engine/choose.ts'
import { breathe } from '../../engine/serve.ts'
import { type NamedTensors, type Tensor4D, tf } from '../../engine/tensorflow.ts'
import { compiledNetwork } from '../../models/compiled-network.ts'
import { denoiserLoss, squaredErrors8Bit, weightedErrors } from '../../models/denoiser/loss.ts'
import type { Network } from '../../models/model.ts'
import { type CentreCrop, centreCrops } from '../data/centre-crops.ts'
import { createPhotoBatches } from '../data/photo-batches.ts'
import type { DenoiseData } from '../data-settings.ts'
import type { TrainingTask, Validation } from '../task.ts'

/** Noise levels at which held-out photos are judged, of 255. */
const judgedSigmas255 = [15, 25, 50] as const

export interface DenoiseTaskOptions {
  readonly network: Network<Tensor4D>
  readonly data: DenoiseData
  readonly training: readonly string[]
  readonly validation: readonly string[]
  readonly batch: number
  readonly seed: number
  readonly startStep: number
}

/** White Gaussian noise of known level on random crops of photos. */
export async function createDenoiseTask(options: DenoiseTaskOptions): Promise<TrainingTask> {
  const { network, data, batch, seed } = options
  const { crop, sigmaMax255, clippedShare } = data
  // Always in float32: a run's validations compare with each other and with other runs'.
  const judged = compiledNetwork(network, askedMode() === 'eager' ? 'eager' : 'float32')
  const batches = await createPhotoBatches({
    ...{ files: options.training, crop, batch, seed, startStep: options.startStep },
    recipe: 'denoise',
    parameters: { sigmaMax255, clippedShare },
  })
  const heldOut = await centreCrops(options.validation, data.validationCrop, 8)
  const { tooSmall, broken } = batches.skipped

  return {
    samplesPerStep: batch,
    // An epoch: as many crops as there are photos, times the crops that cover a photo of half a megapixel.
    stepsPerEpoch: Math.max(1, Math.round((options.training.length * 500_000) / (batch * crop * crop))),
    notes: [
      ...(tooSmall.length
        ? [`${tooSmall.length} photos are smaller than ${crop} x ${crop} and are left out`]
        : []),
      ...broken.map(({ message }) => message),
    ],
    async next() {
      const { clean, noisy, sigma, shape } = await batches.next()
      return {
        clean: { shape, data: clean },
        noisy: { shape, data: noisy },
        sigma: { shape: [batch], data: sigma },
      }
    },
    loss: (p, tensors) => denoiserLoss(network, p, tensors),
    validate: (p, signal) => validateDenoiser(judged as Network<Tensor4D>, p, heldOut, signal),
    close() {
      judged.dispose()
      return batches.close()
    },
  }
}

/** Loss over all levels, and the mean PSNR at each; the noise is the same at every call. */
async function validateDenoiser(
  network: Network<Tensor4D>,
  p: NamedTensors,
  photos: readonly CentreCrop[],
  signal: AbortSignal,
): Promise<Validation> {
  const losses: number[] = []
  const metrics: Record<string, number> = {}
  for (const sigma255 of judgedSigmas255) {
    const psnrs: number[] = []
    for (const [index, photo] of photos.entries()) {
      await breathe()
      signal.throwIfAborted()
      const noise = new Random([sigma255, index]).fillNormal(new Float32Array(photo.data.length))
      const [loss, error] = tf.tidy(() => {
        const clean = tf.tensor4d(photo.data, photo.shape)
        const sigma = tf.tensor1d([sigma255 / 255])
        const noisy = clean.add(tf.tensor4d(noise, photo.shape).mul(sigma255 / 255)) as Tensor4D
        const denoised = network.denoise!(p, noisy, sigma)
        const figures = [weightedErrors(denoised, clean, sigma), squaredErrors8Bit(denoised, clean)]
        return tf.concat(figures).dataSync()
      })
      losses.push(loss)
      psnrs.push(-10 * Math.log10(error))
    }
    metrics[`psnr${sigma255}_dB`] = mean(psnrs)
  }
  return { loss: mean(losses), metrics }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
