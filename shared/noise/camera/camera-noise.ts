import type { FloatImage } from '../../image.ts'
import { mosaic } from '../../maths/demosaic.ts'
import { decodeSrgb, encodeSrgb } from '../../maths/srgb.ts'
import type { Random } from '../../random.ts'
import { sensorNoise } from '../poisson-gaussian.ts'
import { type Camera, lightOf, pictureOf, sensorOf, sensorToSrgb } from './camera.ts'
import { type Demosaic, demosaicedCovariances, demosaics } from './demosaiced.ts'
import { fromTone, toneCurve } from './tone.ts'

/** A picture with noise, without, and how strong the noise is at each pixel. */
export interface KnownNoise {
  readonly clean: FloatImage
  readonly noisy: FloatImage
  /** height * width standard deviations in the unit of the pixels: the root of the channels' mean variance */
  readonly deviation: Float32Array
}

/**
 * A photo as a camera would have taken it with noise: back to sensor values, shot and read noise of variance a x + b on
 * each element of a Bayer sensor, demosaiced, and on to a picture again. The photo's own detail is kept; the noise alone
 * goes through the mosaic (demosaicing is linear). Values stay in [0, 1].
 * @param clean 3 channels, sRGB-encoded
 */
export function cameraNoise(
  clean: FloatImage,
  camera: Camera,
  { a, b, demosaic }: { a: number; b: number; demosaic: Demosaic },
  random: Random,
): KnownNoise {
  const { width, height } = clean
  const light = lightOf(clean.data, camera)
  const sensor = sensorOf(light, camera)
  const elements = mosaic(sensor, width, height)
  const noise = sensorNoise(elements, a, b, random)
  for (let i = 0; i < noise.length; i++) noise[i] -= elements[i]
  const coloured = demosaics[demosaic](noise, width, height)
  const m = sensorToSrgb(camera)
  const exposed = new Float32Array(light.length)
  for (let i = 0; i < light.length; i += 3) {
    const [r, g, b] = [coloured[i], coloured[i + 1], coloured[i + 2]]
    for (let c = 0; c < 3; c++)
      exposed[i + c] = light[i + c] + m[3 * c] * r + m[3 * c + 1] * g + m[3 * c + 2] * b
  }
  const noisy = { ...clean, data: pictureOf(exposed, camera) }
  return { clean, noisy, deviation: predictedDeviation(clean.data, sensor, camera, { a, b, demosaic }) }
}

/** The noise's deviation in the picture by the slopes of its curves; clipping is left out of account. */
function predictedDeviation(
  values: Float32Array,
  sensor: Float32Array,
  camera: Camera,
  { a, b, demosaic }: { a: number; b: number; demosaic: Demosaic },
): Float32Array {
  const m = sensorToSrgb(camera)
  // Variance of each channel in linear sRGB for a variance of 1 on the elements of each colour.
  const shares = demosaicedCovariances(demosaic).map((covariance) =>
    [0, 1, 2].map((channel) => {
      let sum = 0
      for (let k = 0; k < 9; k++)
        sum += covariance[k] * m[3 * channel + Math.floor(k / 3)] * m[3 * channel + (k % 3)]
      return sum
    }),
  )
  const slope = pictureSlope(camera.toneShare)
  const deviation = new Float32Array(values.length / 3)
  for (let i = 0, j = 0; i < deviation.length; i++, j += 3) {
    let sum = 0
    for (let c = 0; c < 3; c++) {
      const linear =
        shares[0][c] * (a * sensor[j] + b) +
        shares[1][c] * (a * sensor[j + 1] + b) +
        shares[2][c] * (a * sensor[j + 2] + b)
      const steepness = slope(values[j + c])
      sum += steepness * steepness * linear
    }
    deviation[i] = Math.sqrt(sum / 3)
  }
  return deviation
}

const steps = 256

/** How much a picture's value grows with linear light, at that value: a table of differences. */
function pictureSlope(toneShare: number): (value: number) => number {
  const untone = fromTone(toneShare)
  const table = Float64Array.from({ length: steps + 1 }, (_, i) => {
    const light = decodeSrgb(untone(i / steps))
    const step = 1e-4
    const low = Math.max(0, light - step)
    const up = toneCurve(encodeSrgb(light + step), toneShare)
    return (up - toneCurve(encodeSrgb(low), toneShare)) / (light + step - low)
  })
  return (value) => table[Math.round(Math.min(1, Math.max(0, value)) * steps)]
}
