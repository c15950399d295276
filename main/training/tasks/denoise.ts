import { drawMix, type MixParameters } from '../../../shared/noise/camera/mix.ts'
import { Random } from '../../../shared/random.ts'
import { breathe } from '../../engine/serve.ts'
import { type NamedTensors, readFloats, type Tensor4D, tf } from '../../engine/tensorflow.ts'
import { compiledNetwork } from '../../models/compiled-network.ts'
import { denoiserLoss, squaredErrors8Bit, weightedErrors } from '../../models/denoiser/loss.ts'
import type { Network } from '../../models/model.ts'
import { type CentreCrop, centreCrops } from '../data/centre-crops.ts'
import { createPhotoBatches } from '../data/photo-batches.ts'
import type { DenoiseData } from '../data-settings.ts'
import type { TrainingTask, Validation } from '../task.ts'
import { photoEpochs } from './photo-epochs.ts'
import { photoSamples } from './photo-samples.ts'
import { judgingMode, mean, type PhotoTaskOptions } from './photo-task.ts'

/** Noise levels at which held-out photos are judged, of 255. */
const judgedSigmas255 = [15, 25, 50] as const
/** beside the streams of the levels */
const mixStream = -1

/** Noise level of the samples to look at. */
const shownSigma255 = 25

/** Noise of known level on random crops of photos: white Gaussian, or the mix that real photos suffer from. */
export async function createDenoiseTask(options: PhotoTaskOptions<DenoiseData>): Promise<TrainingTask> {
  const { network, data, batch, seed } = options
  const { crop, noise, sigmaMax255, clippedShare, cameraShare, jpegShare, resizeShare, toldSpread } = data
  const judged = compiledNetwork(network, judgingMode())
  const photos = { files: options.training, crop, batch, seed, startStep: options.startStep }
  const mix = { cameraShare, jpegShare, resizeShare, sigmaMax255 }
  const batches =
    noise === 'camera'
      ? await createPhotoBatches({ ...photos, recipe: 'camera', parameters: { ...mix, toldSpread } })
      : await createPhotoBatches({ ...photos, recipe: 'denoise', parameters: { sigmaMax255, clippedShare } })
  const heldOut = await centreCrops(options.validation, data.validationCrop, 8)

  return {
    ...photoEpochs({ training: options.training, batch, crop, skipped: batches.skipped }),
    async next() {
      const { clean, noisy, sigma, shape } = await batches.next()
      return {
        clean: { shape, data: clean },
        noisy: { shape, data: noisy },
        sigma: { shape: noise === 'camera' ? [batch, crop, crop, 1] : [batch], data: sigma },
      }
    },
    loss: (p, tensors) => denoiserLoss(network, p, tensors),
    validate: (p, signal) =>
      validateDenoiser(p, {
        ...{ network: judged as Network<Tensor4D>, heldOut, signal },
        kinds: noise === 'camera' ? [mixed(mix), white(25)] : judgedSigmas255.map(white),
      }),
    samples: (p) =>
      photoSamples(heldOut, (data, shape) => {
        const noise = new Random([shownSigma255]).fillNormal(new Float32Array(data.length))
        const input = data.map((value, i) => value + (noise[i]! * shownSigma255) / 255)
        const output = readFloats(() =>
          network.denoise!(p, tf.tensor4d(input, shape), tf.tensor1d([shownSigma255 / 255])),
        )
        return { input, output }
      }),
    close() {
      judged.dispose()
      return batches.close()
    },
  }
}

/** A kind of noise that held-out photos are judged with: the same at every call. */
interface JudgedNoise {
  /** of its PSNR */
  readonly name: string
  /** sigma: one value, or one for each pixel */
  add(photo: CentreCrop, index: number): { clean: Float32Array; noisy: Float32Array; sigma: Float32Array }
}

function white(sigma255: number): JudgedNoise {
  return {
    name: `psnr${sigma255}_dB`,
    add({ data }, index) {
      const noisy = new Random([sigma255, index]).fillNormal(new Float32Array(data.length))
      const sigma = Math.fround(sigma255 / 255)
      for (let i = 0; i < noisy.length; i++) noisy[i] = data[i]! + Math.fround(noisy[i]! * sigma)
      return { clean: data, noisy, sigma: Float32Array.of(sigma) }
    },
  }
}

/** The mix that is trained on, with cameras' noise alone. */
function mixed(parameters: MixParameters): JudgedNoise {
  return {
    name: 'psnrCamera_dB',
    add({ data, shape: [, height, width] }, index) {
      const photo = { width, height, channels: 3, data } as const
      const { clean, noisy, deviation } = drawMix(photo, new Random([mixStream, index]), {
        ...parameters,
        cameraShare: 1,
      })
      return { clean: clean.data, noisy: noisy.data, sigma: deviation }
    },
  }
}

interface Judging {
  readonly network: Network<Tensor4D>
  readonly heldOut: readonly CentreCrop[]
  readonly kinds: readonly JudgedNoise[]
  readonly signal: AbortSignal
}

/** Loss over all kinds of noise, and the mean PSNR at each. */
async function validateDenoiser(
  p: NamedTensors,
  { network, heldOut, kinds, signal }: Judging,
): Promise<Validation> {
  const losses: number[] = []
  const metrics: Record<string, number> = {}
  for (const kind of kinds) {
    const psnrs: number[] = []
    for (const [index, photo] of heldOut.entries()) {
      await breathe()
      signal.throwIfAborted()
      const drawn = kind.add(photo, index)
      const [loss, error] = tf.tidy(() => {
        const clean = tf.tensor4d(drawn.clean, photo.shape)
        const noisy = tf.tensor4d(drawn.noisy, photo.shape)
        const [, height, width] = photo.shape
        const sigma =
          drawn.sigma.length === 1
            ? tf.tensor1d(drawn.sigma)
            : tf.tensor4d(drawn.sigma, [1, height, width, 1])
        const denoised = network.denoise!(p, noisy, sigma)
        const figures = [weightedErrors(denoised, clean, sigma), squaredErrors8Bit(denoised, clean)]
        return tf.concat(figures).dataSync()
      })
      losses.push(loss!)
      psnrs.push(-10 * Math.log10(error!))
    }
    metrics[kind.name] = mean(psnrs)
  }
  return { loss: mean(losses), metrics }
}
