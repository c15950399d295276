import type { FloatImage } from '../../image.ts'
import { blurWrapped, gaussianHalf } from '../../maths/blur.ts'
import { exp } from '../../maths/elementary.ts'
import { channelPlane, imageFromPlanes } from '../../maths/planes.ts'
import type { KnownNoise } from './camera-noise.ts'

/*
 * What cameras do against noise before they write a file. The noise alone is smoothed: what is left of it is coarser than
 * what the sensor gave, and the picture it lies on stays known.
 */

/** The noise blurred everywhere. */
export function softened({ clean, noisy, deviation }: KnownNoise, radius: number): KnownNoise {
  const soft = blurredNoise(noisy, clean, radius)
  const kept = ratio(soft, noisy, clean)
  return { clean, noisy: soft, deviation: deviation.map((value) => value * kept) }
}

/**
 * The noise blurred where the picture is flat, and kept at edges and in texture, as edge-preserving filters leave it.
 * @param contrast the step between neighbours at which the smoothing has faded to 1 / e, in deviations of the noise
 */
export function softenedWhereFlat(
  { clean, noisy, deviation }: KnownNoise,
  radius: number,
  contrast: number,
): KnownNoise {
  const soft = blurredNoise(noisy, clean, radius)
  const kept = ratio(soft, noisy, clean)
  const mean = deviation.reduce((sum, value) => sum + value, 0) / deviation.length
  const flat = flatness(clean, Math.max(1e-4, contrast * mean))
  const data = Float32Array.from(noisy.data, (value, i) => {
    const share = flat[Math.floor(i / 3)]
    return value + share * (soft.data[i] - value)
  })
  const left = deviation.map((value, i) => value * (1 - flat[i] * (1 - kept)))
  return { clean, noisy: { ...noisy, data }, deviation: left }
}

/** The colour of the noise blurred, what it does to the brightness kept. */
export function colourSoftened({ clean, noisy, deviation }: KnownNoise, radius: number): KnownNoise {
  const soft = blurredNoise(noisy, clean, radius)
  const data = new Float32Array(noisy.data.length)
  for (let i = 0; i < data.length; i += 3) {
    const brightness =
      0.299 * (noisy.data[i] - soft.data[i]) +
      0.587 * (noisy.data[i + 1] - soft.data[i + 1]) +
      0.114 * (noisy.data[i + 2] - soft.data[i + 2])
    for (let c = 0; c < 3; c++) data[i + c] = soft.data[i + c] + brightness
  }
  return { clean, noisy: { ...noisy, data }, deviation }
}

function blurredNoise(noisy: FloatImage, clean: FloatImage, radius: number): FloatImage {
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

/** How much weaker the noise has become. */
function ratio(soft: FloatImage, noisy: FloatImage, clean: FloatImage): number {
  let [after, before] = [0, 0]
  for (let i = 0; i < clean.data.length; i++) {
    after += (soft.data[i] - clean.data[i]) ** 2
    before += (noisy.data[i] - clean.data[i]) ** 2
  }
  return before > 0 ? Math.sqrt(after / before) : 1
}

/** height * width values: 1 where neighbours are alike, falling to 0 where they differ by much more than `step`. */
function flatness(clean: FloatImage, step: number): Float32Array {
  const { width, height } = clean
  const green = blurWrapped(channelPlane(clean, 1), width, height, gaussianHalf(0.7, 2))
  const steps = new Float32Array(green.length)
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const across = green[i + (x + 1 < width ? 1 : -1)] - green[i]
      const down = green[i + (y + 1 < height ? width : -width)] - green[i]
      steps[i] = Math.sqrt(across * across + down * down)
    }
  }
  return blurWrapped(steps, width, height, gaussianHalf(1.5, 4)).map((value) => exp(-((value / step) ** 2)))
}
