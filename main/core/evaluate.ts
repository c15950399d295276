import type { PassCount } from '../../shared/contract/denoise.ts'
import { AppError } from '../../shared/errors.ts'
import type { FloatImage } from '../../shared/image.ts'
import { pcaReconstructionError, principalComponents } from '../../shared/maths/pca.ts'
import { estimateSigma } from '../../shared/metrics/noise-level/estimate-sigma.ts'
import { psnr } from '../../shared/metrics/psnr.ts'
import { ssim } from '../../shared/metrics/ssim.ts'
import { addNoise } from '../../shared/noise/add-noise.ts'
import { clip, quantise } from '../../shared/noise/steps.ts'
import { readImage } from '../imaging/read.ts'
import { rasterTile } from '../imaging/tile-pixels.ts'
import { idxImages } from '../training/data/idx.ts'
import { idxSubset } from '../training/data/idx-batches.ts'
import type { Core } from './core.ts'
import { denoiseInPasses } from './denoise-passes.ts'
import type { ModelRef } from './engine-tasks.ts'

/** Means over the pictures at one noise level. PSNR in dB of 8-bit results, in the pictures' own colour space. */
export interface DenoiseFigures {
  readonly sigma255: number
  readonly noisyPsnr: number
  readonly noisySsim: number
  readonly psnr: number
  readonly ssim: number
  readonly estimatedPsnr: number
  /** mean of the estimates */
  readonly estimatedSigma255: number
}

export interface EvaluateOptions {
  readonly sigmas255: readonly number[]
  /** clip and round the noisy pictures to 8 bits, as files are */
  readonly clipped: boolean
  readonly seed: number
  /** see `denoiseInPasses` */
  readonly passes: PassCount
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: (done: number, total: number) => void
}

/** Adds noise to clean pictures, denoises them whole, told the level and with the level estimated, and compares. */
export async function evaluateDenoiser(
  core: Core,
  model: ModelRef,
  paths: readonly string[],
  { sigmas255, clipped, seed, passes, signal, onProgress }: EvaluateOptions,
): Promise<DenoiseFigures[]> {
  const rows: DenoiseFigures[] = []
  const total = sigmas255.length * paths.length
  for (const sigma255 of sigmas255) {
    const each: Omit<DenoiseFigures, 'sigma255'>[] = []
    for (const [index, path] of paths.entries()) {
      const { width, height, ...raster } = await readImage(path, signal ? { signal } : {})
      const clean = rasterTile({ width, height, ...raster }, { x: 0, y: 0, width, height }, { asRgb: true })
      const added = addNoise(clean, { model: 'gaussian', parameters: { sigma255 }, seed: [seed, index] })
      const noisy = clipped ? quantise(clip(added), 8) : added
      const denoise = async (level255: number): Promise<FloatImage> => {
        const input = { model, width, height, noisy: noisy.data, sigma: level255 / 255 }
        return asFile({ ...noisy, data: await denoiseInPasses(core.inference, input, passes, signal) })
      }
      const told = await denoise(sigma255)
      const estimate255 = estimateSigma(noisy).sigma255
      const seen = asFile(noisy)
      each.push({
        noisyPsnr: psnr(seen, clean),
        noisySsim: ssim(seen, clean),
        psnr: psnr(told, clean),
        ssim: ssim(told, clean),
        estimatedPsnr: psnr(await denoise(estimate255), clean),
        estimatedSigma255: estimate255,
      })
      onProgress?.(rows.length * paths.length + each.length, total)
    }
    const mean = (name: keyof (typeof each)[number]) =>
      each.reduce((sum, one) => sum + one[name], 0) / each.length
    rows.push({
      ...{
        sigma255,
        noisyPsnr: mean('noisyPsnr'),
        noisySsim: mean('noisySsim'),
        psnr: mean('psnr'),
        ssim: mean('ssim'),
      },
      ...{ estimatedPsnr: mean('estimatedPsnr'), estimatedSigma255: mean('estimatedSigma255') },
    })
  }
  return rows
}

/** What an 8-bit file would hold of it. */
function asFile(image: FloatImage): FloatImage {
  return quantise(clip(image), 8)
}

export interface ReconstructionFigures {
  readonly count: number
  readonly codeLength: number
  /** mean squared error per pixel, white 1 */
  readonly mse: number
  /** of a linear code of the same size, fitted to the training images */
  readonly pcaMse: number
}

/** Reconstructs the held-out images of an IDX file, beside PCA with as many numbers. */
export async function evaluateReconstruction(
  core: Core,
  model: ModelRef,
  path: string,
  trainingCount: number,
): Promise<ReconstructionFigures> {
  const images = await idxImages(path)
  if (trainingCount >= images.count) {
    throw new AppError(
      'bad-input',
      `${path} holds ${images.count} images; a training count of ${trainingCount} leaves none`,
    )
  }
  const indices = Array.from({ length: images.count }, (_, i) => i)
  const { images: training } = idxSubset(images, indices.slice(0, trainingCount))
  const { images: heldOut } = idxSubset(images, indices.slice(trainingCount))
  const count = images.count - trainingCount
  const input = { model, count, values: heldOut }
  const { reconstructed, codeLength } = await core.inference.call('reconstruct', input)
  let sum = 0
  for (let i = 0; i < heldOut.length; i++) sum += (heldOut[i] - reconstructed[i]) ** 2
  const pca = principalComponents(training, images.rows * images.columns, codeLength)
  return { count, codeLength, mse: sum / heldOut.length, pcaMse: pcaReconstructionError(pca, heldOut) }
}
