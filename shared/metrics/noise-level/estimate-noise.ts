import type { FloatImage } from '../../image.ts'
import { halvedPlane } from '../../maths/halve.ts'
import { channelPlane } from '../../maths/planes.ts'
import { checkLeastSide } from '../same-shape.ts'
import { immerkaerSigma255 } from './immerkaer.ts'
import { waveletMadSigma255 } from './wavelet-mad.ts'

/**
 * Between the 1.3 to 1.9 of white noise of level 15 on photos, whose texture lowers it from 2, and the 0.6 to 1.3
 * of blurred or demosaiced noise, measured on 24 photos.
 */
const leastWhiteRatio = 1.25

/** One estimator's reading, in levels of 255. */
export interface ChannelLevels {
  readonly channels: readonly number[]
  readonly average: number
}

/** Several readings of one image's noise. */
export interface NoiseReadings {
  readonly immerkaer: ChannelLevels
  readonly mad: ChannelLevels
  /** The wavelet MAD after halving the image by means of 2x2 pixels, as read: half of `mad` for white noise. */
  readonly madHalf: ChannelLevels
  /** mad / madHalf averages: 2 for white noise, less where neighbours share noise or there is much texture. */
  readonly halvingRatio: number
  /** The ratio is under 1.25: white noise of this level is not what is there. */
  readonly correlated: boolean
}

/**
 * Noise readings for choosing a denoiser's level by hand or by rule: estimators of the finest detail under-read
 * the correlated noise of camera files, which survives halving.
 * @throws AppError bad-input under 6x6 pixels
 */
export function estimateNoise(image: FloatImage): NoiseReadings {
  checkLeastSide('a noise reading', image, 6)
  const { width, height, channels } = image
  const planes = Array.from({ length: channels }, (_, channel) => channelPlane(image, channel))
  const mad = levels(planes.map((plane) => waveletMadSigma255(plane, width, height)))
  const madHalf = levels(
    planes.map((plane) => {
      const half = halvedPlane(plane, width, height)
      return waveletMadSigma255(half, (width + 1) >> 1, (height + 1) >> 1)
    }),
  )
  // Flat areas read 1e-30, not 0: the wavelet's taps do not cancel to the last digit.
  const halvingRatio = madHalf.average > 1e-9 ? mad.average / madHalf.average : 2
  return {
    immerkaer: levels(planes.map((plane) => immerkaerSigma255(plane, width, height))),
    mad,
    madHalf,
    halvingRatio,
    correlated: halvingRatio < leastWhiteRatio,
  }
}

function levels(channels: number[]): ChannelLevels {
  return { channels, average: channels.reduce((sum, value) => sum + value, 0) / channels.length }
}
