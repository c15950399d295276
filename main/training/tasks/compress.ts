import { AppError } from '../../../shared/errors.ts'
import { Random } from '../../../shared/random.ts'
import { compile } from '../../engine/compile/compile.ts'
import { breathe } from '../../engine/serve.ts'
import {
  type NamedTensors,
  readFloats,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tf,
} from '../../engine/tensorflow.ts'
import { forward } from '../../models/codec/forward.ts'
import { createKltStart } from '../../models/codec/klt-start.ts'
import { codecLoss, meanSquaredError, rateDistortion, squaredErrors8Bit } from '../../models/codec/loss.ts'
import { type CodecOptions, levels } from '../../models/codec/options.ts'
import { type CentreCrop, centreCrops } from '../data/centre-crops.ts'
import { createPhotoBatches } from '../data/photo-batches.ts'
import type { CompressData } from '../data-settings.ts'
import type { Batch, TrainingTask, Validation } from '../task.ts'
import { photoEpochs } from './photo-epochs.ts'
import { photoSamples } from './photo-samples.ts'
import { judgingMode, type PhotoTaskOptions } from './photo-task.ts'

/** beside the streams of crops in `createPhotoBatches` */
const noiseStream = 3
/** Crops that the KLT is taken from: of 256 x 256 pixels, 131,072 patches. */
const kltCrops = 512
/** of the samples to look at: coarse enough that something is lost */
const shownLevel = 2

export interface CompressTaskOptions extends Omit<PhotoTaskOptions<CompressData>, 'network'> {
  readonly options: CodecOptions
}

/** Rate and distortion of random crops of photos, each at a level of its own. */
export async function createCompressTask(given: CompressTaskOptions): Promise<TrainingTask> {
  const { options, data, batch, seed, training } = given
  const { crop } = data
  const cropsFrom = (startStep: number) =>
    createPhotoBatches({ files: training, crop, batch, seed, startStep, recipe: 'plain' })
  const heldOut = await centreCrops(given.validation, data.validationCrop, 64)
  if (heldOut.length === 0)
    throw new AppError(
      'bad-input',
      'a codec is judged by photos of at least 64 x 64 pixels: none is held out',
    )
  const batches = await cropsFrom(given.startStep)
  const judge = createJudge(options)

  return {
    ...photoEpochs({ training, batch, crop, skipped: batches.skipped }),
    /** Both transforms start as the KLT of the first crops that will be trained on. */
    async start(parameters) {
      const source = await cropsFrom(0)
      const klt = createKltStart()
      try {
        for (let taken = 0; taken < kltCrops; taken += batch) {
          await breathe()
          const { images, shape } = await source.next()
          tf.tidy(() => klt.add(tf.tensor4d(images, [...shape])))
        }
      } finally {
        await source.close()
      }
      return klt.applied(parameters)
    },
    async next() {
      const { step, images, shape } = await batches.next()
      return {
        images: { shape, data: images },
        ...levelsAndNoise(options, { batch, crop }, new Random([seed, noiseStream, step])),
      }
    },
    loss: (p, tensors) => codecLoss(p, tensors, options),
    validate: (p, signal) => validateCodec(judge, p, heldOut, signal),
    samples: (p) =>
      photoSamples(
        heldOut,
        (input, shape) => {
          const output = readFloats(
            () => forward(p, tf.tensor4d(input, shape), tf.tensor1d([shownLevel]), 'hard', options).image,
          )
          return { input, output: output.map((value) => Math.min(1, Math.max(0, value))) }
        },
        128,
      ),
    close() {
      judge.dispose()
      return batches.close()
    },
  }
}

/** A level for each picture, uniform from 0 to 7, and noise uniform in [-0.5, 0.5) in place of rounding. */
function levelsAndNoise(
  { latents, hyper }: CodecOptions,
  { batch, crop }: { batch: number; crop: number },
  random: Random,
): Batch {
  const uniform = (shape: readonly number[], from: number, size: number) => {
    const data = new Float32Array(shape.reduce((product, side) => product * side, 1))
    for (let i = 0; i < data.length; i++) data[i] = from + size * random.uint32() * 2 ** -32
    return { shape, data }
  }
  return {
    level: uniform([batch], 0, levels - 1),
    'noise.y': uniform([batch, crop / 16, crop / 16, latents], -0.5, 1),
    'noise.z': uniform([batch, crop / 64, crop / 64, hyper], -0.5, 1),
  }
}

/**
 * A photo (1, h, w, 3) at all levels with its latents rounded: (3, levels) of loss, bits per pixel, and
 * squared error of the 8-bit picture.
 */
function createJudge(options: CodecOptions) {
  return compile(
    ({ p, x, level }: { p: NamedTensors; x: Tensor; level: Tensor }) => {
      const image = x as Tensor4D
      const coded = forward(p, image, level as Tensor1D, 'hard', options)
      const error = meanSquaredError(coded.image, image)
      const loss = rateDistortion(coded.bitsPerPixel, error, level as Tensor1D)
      return tf.stack([loss, coded.bitsPerPixel, squaredErrors8Bit(coded.image, image)])
    },
    { mode: judgingMode() },
  )
}

/** Mean loss over all photos and levels; at each level the mean estimated rate and PSNR. */
async function validateCodec(
  judge: ReturnType<typeof createJudge>,
  p: NamedTensors,
  photos: readonly CentreCrop[],
  signal: AbortSignal,
): Promise<Validation> {
  const sums = { loss: 0, rates: new Float64Array(levels), psnrs: new Float64Array(levels) }
  for (const photo of photos) {
    await breathe()
    signal.throwIfAborted()
    const figures = readFloats(() =>
      judge({ p, x: tf.tensor4d(photo.data, photo.shape), level: tf.range(0, levels, 1, 'float32') }),
    )
    for (let level = 0; level < levels; level++) {
      const [loss, rate, error] = [0, 1, 2].map((row) => figures[row * levels + level]!) as [
        number,
        number,
        number,
      ]
      sums.loss += loss / (photos.length * levels)
      sums.rates[level] = sums.rates[level]! + rate / photos.length
      sums.psnrs[level] = sums.psnrs[level]! - (10 * Math.log10(error)) / photos.length
    }
  }
  const byLevel = (values: Float64Array, name: (level: number) => string) =>
    Object.fromEntries(Array.from(values, (value, level) => [name(level), value]))
  return {
    loss: sums.loss,
    metrics: {
      ...byLevel(sums.rates, (level) => `rate${level}_bpp`),
      ...byLevel(sums.psnrs, (level) => `psnr${level}_dB`),
    },
  }
}
