import type { FloatImage } from '../../image.ts'
import { blurWrapped, gaussianHalf } from '../../maths/blur.ts'
import { exp, ln } from '../../maths/elementary.ts'
import { channelPlane, imageFromPlanes } from '../../maths/planes.ts'
import type { Random } from '../../random.ts'
import { gaussian } from '../gaussian.ts'
import { jpeg } from '../jpeg.ts'
import { poisson } from '../poisson.ts'
import { speckle } from '../speckle.ts'
import { clip, quantise } from '../steps.ts'
import { drawCamera } from './camera.ts'
import { cameraNoise, type KnownNoise } from './camera-noise.ts'

export interface MixParameters {
  /** Share of the pictures with a camera's noise; of the rest four in five have Gaussian noise. */
  readonly cameraShare: number
  /** Share of the camera pictures that go through JPEG, quality 30 to 95; of the others a third of that. */
  readonly jpegShare: number
  /** Largest level of the Gaussian noise, of 255. */
  readonly sigmaMax255: number
}

export const mixDefaults: MixParameters = { cameraShare: 0.6, jpegShare: 0.6, sigmaMax255: 75 }

/**
 * A picture damaged in one of the ways that photos really are: a camera's noise, now and then softened as by a camera's
 * own smoothing, of all or of its colour; or Gaussian, photon or speckle noise; then JPEG or not, then 8 bits (of Gaussian noise only half).
 * The deviation is that of the result: the model's, brought to the strength that was measured in the end.
 * @param clean 3 channels in [0, 1]
 */
export function drawMix(clean: FloatImage, random: Random, parameters = mixDefaults): KnownNoise {
  const isCamera = random.uniform() < parameters.cameraShare
  const drawn = isCamera ? drawCameraNoise(clean, random) : drawPlainNoise(clean, random, parameters)
  const isJpeg = random.uniform() < parameters.jpegShare * (isCamera ? 1 : 1 / 3)
  const isFile = isJpeg || isCamera || random.uniform() < 0.5
  let noisy = drawn.noisy
  if (isJpeg) {
    const quality = 30 + random.integer(66)
    const subsampling = random.uniform() < 0.5 ? '4:2:0' : '4:4:4'
    noisy = jpeg.apply(quantise(clip(noisy), 8), { quality, subsampling }, random)
  }
  if (isFile) noisy = quantise(clip(noisy), 8)
  return { noisy, deviation: toMeasured(drawn.deviation, noisy, clean) }
}

/** log a uniform, log b on the line of Brooks et al. (2019) with their spread around it. */
function drawCameraNoise(clean: FloatImage, random: Random): KnownNoise {
  const logA = random.between(ln(1e-4), ln(0.012))
  const b = exp(2.18 * logA + 1.2 + 0.26 * random.normal())
  const demosaic = random.uniform() < 0.7 ? ('malvar' as const) : ('bilinear' as const)
  const camera = drawCamera(random)
  const taken = cameraNoise(clean, camera, { a: exp(logA), b, demosaic }, random)
  const smoothing = random.uniform()
  const radius = random.between(0.3, 1)
  const colourRadius = random.between(1, 3)
  const noisy = smoothing < 0.5 ? softened(taken.noisy, clean, radius) : taken.noisy
  // Cameras smooth colour more than brightness.
  return {
    ...taken,
    noisy: smoothing > 0.3 && smoothing < 0.7 ? colourSoftened(noisy, clean, colourRadius) : noisy,
  }
}

function drawPlainNoise(clean: FloatImage, random: Random, { sigmaMax255 }: MixParameters): KnownNoise {
  const kind = random.uniform()
  const level = random.uniform()
  const { data } = clean
  const each = (of: (mean: number) => number) =>
    Float32Array.from({ length: data.length / 3 }, (_, i) =>
      of((data[3 * i] + data[3 * i + 1] + data[3 * i + 2]) / 3),
    )
  if (kind < 0.8) {
    const sigma255 = level * sigmaMax255
    const channels = kind < 0.5 ? 'colour' : kind < 0.65 ? 'correlated' : 'grey'
    const noisy = gaussian.apply(clean, { sigma255, channels, correlation: random.uniform() }, random)
    return { noisy, deviation: each(() => sigma255 / 255) }
  }
  if (kind < 0.9) {
    const peak = 10 ** (2 + 2 * level)
    return { noisy: poisson.apply(clean, { peak }, random), deviation: each((x) => Math.sqrt(x / peak)) }
  }
  const percent = 30 * level
  return { noisy: speckle.apply(clean, { percent }, random), deviation: each((x) => (x * percent) / 100) }
}

/** The noise alone blurred, the picture not. */
function softened(noisy: FloatImage, clean: FloatImage, radius: number): FloatImage {
  const { width, height } = clean
  const half = gaussianHalf(radius, Math.ceil(3 * radius))
  const planes = [0, 1, 2].map((channel) => {
    const kept = channelPlane(clean, channel)
    const noise = channelPlane(noisy, channel)
    for (let i = 0; i < noise.length; i++) noise[i] -= kept[i]
    const soft = blurWrapped(noise, width, height, half)
    for (let i = 0; i < soft.length; i++) soft[i] += kept[i]
    return soft
  })
  return imageFromPlanes(width, height, planes)
}

/** The colour of the noise blurred, what it does to the brightness kept. */
function colourSoftened(noisy: FloatImage, clean: FloatImage, radius: number): FloatImage {
  const soft = softened(noisy, clean, radius)
  const data = new Float32Array(noisy.data.length)
  for (let i = 0; i < data.length; i += 3) {
    const brightness =
      0.299 * (noisy.data[i] - soft.data[i]) +
      0.587 * (noisy.data[i + 1] - soft.data[i + 1]) +
      0.114 * (noisy.data[i + 2] - soft.data[i + 2])
    for (let c = 0; c < 3; c++) data[i + c] = soft.data[i + c] + brightness
  }
  return { ...noisy, data }
}

function toMeasured(deviation: Float32Array, noisy: FloatImage, clean: FloatImage): Float32Array {
  let [measured, predicted] = [0, 0]
  for (let i = 0; i < noisy.data.length; i++) measured += (noisy.data[i] - clean.data[i]) ** 2
  for (let i = 0; i < deviation.length; i++) predicted += 3 * deviation[i] ** 2
  if (!(predicted > 0)) return deviation
  const factor = Math.sqrt(measured / predicted)
  return deviation.map((value) => value * factor)
}
