import type { FloatImage } from '../../image.ts'
import { exp, ln } from '../../maths/elementary.ts'
import { resampledMiddle } from '../../maths/resample.ts'
import type { Random } from '../../random.ts'
import { jpeg } from '../jpeg.ts'
import { clip, quantise } from '../steps.ts'
import { drawCamera } from './camera.ts'
import { cameraNoise, type KnownNoise } from './camera-noise.ts'
import { drawPlainNoise } from './plain-noise.ts'
import { colourSoftened, softened, softenedWhereFlat } from './smoothing.ts'

export interface MixParameters {
  /** Share of the pictures with a camera's noise; of the rest four in five have Gaussian noise. */
  readonly cameraShare: number
  /** Share of the camera pictures that go through JPEG, quality 30 to 99; of the others a third of that. */
  readonly jpegShare: number
  /** Share of the camera pictures that are resized by 0.67 to 1.5, before or after JPEG; of the others a third of that. */
  readonly resizeShare: number
  /** Largest level of the Gaussian noise, of 255. */
  readonly sigmaMax255: number
}

export const mixDefaults: MixParameters = {
  ...{ cameraShare: 0.6, jpegShare: 0.6, resizeShare: 0.3, sigmaMax255: 75 },
}

/**
 * A picture damaged in one of the ways that photos really are: a camera's noise, as it comes or smoothed in the camera; or
 * Gaussian, photon or speckle noise; then JPEG and light resizing, in either order or not at all, then 8 bits (of Gaussian
 * noise only half). The deviation is that of the result: the model's, brought to the strength that was measured in the end.
 * @param clean 3 channels in [0, 1]
 * @returns the clean picture as well: it is resized as the noisy one
 */
export function drawMix(clean: FloatImage, random: Random, parameters = mixDefaults): KnownNoise {
  const { cameraShare, jpegShare, resizeShare, sigmaMax255 } = parameters
  const isCamera = random.uniform() < cameraShare
  const drawn = isCamera ? drawCameraNoise(clean, random) : drawPlainNoise(clean, random, sigmaMax255)
  const often = isCamera ? 1 : 1 / 3
  const isJpeg = random.uniform() < jpegShare * often
  const isResized = random.uniform() < resizeShare * often
  const isResizedFirst = random.uniform() < 0.5
  const factor = exp(random.between(ln(0.67), ln(1.5)))
  const isFile = isJpeg || isCamera || random.uniform() < 0.5
  let known = drawn
  if (isResized && isResizedFirst) known = resized(known, factor)
  if (isJpeg) known = { ...known, noisy: throughJpeg(known.noisy, random) }
  if (isResized && !isResizedFirst) known = resized(known, factor)
  return toMeasured(isFile ? { ...known, noisy: quantise(clip(known.noisy), 8) } : known)
}

/** log a uniform, log b on the line of Brooks et al. (2019) with their spread around it. */
function drawCameraNoise(photo: FloatImage, random: Random): KnownNoise {
  // Photos of training sets are reduced ones; a camera's own pixels show less fine detail.
  const isFullSize = random.uniform() < 0.5
  const softness = random.between(1, 2)
  const clean = isFullSize ? clip(resampledMiddle(photo, softness)) : photo
  const logA = random.between(ln(1e-4), ln(0.012))
  const b = exp(2.18 * logA + 1.2 + 0.26 * random.normal())
  const demosaic = random.uniform() < 0.7 ? ('malvar' as const) : ('bilinear' as const)
  const taken = cameraNoise(clean, drawCamera(random), { a: exp(logA), b, demosaic }, random)
  const smoothing = random.uniform()
  const radius = random.between(0.3, 1.5)
  const colourRadius = random.between(1, 4)
  const contrast = random.between(0.3, 1.5)
  let known = taken
  if (smoothing < 0.3) known = softened(known, radius)
  else if (smoothing < 0.65) known = softenedWhereFlat(known, radius, contrast)
  // Cameras smooth colour more than brightness.
  return smoothing > 0.15 && smoothing < 0.8 && random.uniform() < 0.7
    ? colourSoftened(known, colourRadius)
    : known
}

/** Half of the files as cameras write them, half of them as they are passed on. */
function throughJpeg(noisy: FloatImage, random: Random): FloatImage {
  const quality = random.uniform() < 0.5 ? 30 + random.integer(66) : 85 + random.integer(15)
  const subsampling = random.uniform() < 0.5 ? '4:2:0' : '4:4:4'
  return jpeg.apply(quantise(clip(noisy), 8), { quality, subsampling }, random)
}

function resized({ clean, noisy, deviation }: KnownNoise, factor: number): KnownNoise {
  const { width, height } = clean
  const map = resampledMiddle({ width, height, channels: 1, data: deviation }, factor).data
  return {
    clean: clip(resampledMiddle(clean, factor)),
    noisy: resampledMiddle(noisy, factor),
    deviation: map.map((value) => Math.max(0, value)),
  }
}

function toMeasured({ clean, noisy, deviation }: KnownNoise): KnownNoise {
  let [measured, predicted] = [0, 0]
  for (let i = 0; i < noisy.data.length; i++) measured += (noisy.data[i] - clean.data[i]) ** 2
  for (let i = 0; i < deviation.length; i++) predicted += 3 * deviation[i] ** 2
  if (!(predicted > 0)) return { clean, noisy, deviation }
  const factor = Math.sqrt(measured / predicted)
  return { clean, noisy, deviation: deviation.map((value) => value * factor) }
}
