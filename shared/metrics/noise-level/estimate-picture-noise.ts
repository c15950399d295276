import type { FloatImage } from '../../image.ts'
import { checkLeastSide } from '../same-shape.ts'
import { correlatedLevel } from './correlated-level.ts'
import { deviationAt, intensityProfile, type PoissonGaussian } from './intensity-profile.ts'
import { type NoiseSpectrum, noiseSpectrum } from './noise-spectrum.ts'

/** Steps of brightness in a profile. */
export const profileSteps = 32

/** A picture's noise and how sure that is; what a denoiser is told of it says `toldLevel255`. */
export interface PictureNoise {
  /** Standard deviation of 255: the root of the mean variance over the picture and its channels. */
  readonly sigma255: number
  /** In four of five pictures the true level lies between these; see `uncertainty`. */
  readonly low255: number
  readonly high255: number
  /** `sure`: within 10 % of the level; `fair`: within 30 %. */
  readonly certainty: 'sure' | 'fair' | 'unsure'
  /** Neighbouring pixels share noise, as in files from cameras. */
  readonly correlated: boolean
  /** The level over `sigma255` at brightness 0, 1/32, ... 1 (encoded), root of its mean square over the picture 1; null: even. */
  readonly profile: Float32Array | null
  /** What the profile follows, in levels of 1; null as above. */
  readonly model: PoissonGaussian | null
}

/** White noise reads the same at full and half size up to this ratio; above the other, neighbours share it. */
const whiteRatio = 1.3
const correlatedRatio = 1.7
/** Colour differences read this of values rounded to 8 bits alone, and clearly more than the other where noise is white. */
const rounding255 = 0.4
const leastColour255 = 0.8

/**
 * The noise of a picture whose kind is not known. White noise: its level by `estimateSigma`. Noise that neighbours
 * share, as cameras leave it: its whole level from what is read at full size down to an eighth, and how it depends on
 * brightness by a Poisson-Gaussian fit over flat blocks.
 * @throws AppError bad-input under 3x3 pixels
 */
export function estimatePictureNoise(image: FloatImage): PictureNoise {
  checkLeastSide('a noise level', image, 3)
  const spectrum = noiseSpectrum(image)
  const { white } = spectrum
  const share = correlatedShare(spectrum)
  const whole = share > 0 ? correlatedLevel(spectrum) : white.sigma255
  const sigma255 = share < 1 ? white.sigma255 ** (1 - share) * whole ** share : whole
  const factor = Math.exp(uncertainty(image, spectrum, share, sigma255))
  const [low255, high255] = [sigma255 / factor, sigma255 * factor + 0.1]
  const width = Math.log((high255 + 0.5) / (low255 + 0.5)) / 2
  const certainty = width < Math.log(1.1) ? 'sure' : width < Math.log(1.3) ? 'fair' : 'unsure'
  const model = share > 0.5 ? intensityProfile(image) : null
  return {
    ...{ sigma255, low255, high255, certainty, model },
    correlated: share > 0.5,
    profile: model && profileOf(image, model),
  }
}

/** 0 for white noise, 1 for noise that neighbours share. */
function correlatedShare({ white, opponent, flat }: NoiseSpectrum): number {
  const risen = ([full, half]: readonly number[]) => Math.log((half + 0.1) / (full + 0.1))
  let rise = risen(white.method === 'opponent' ? opponent : flat)
  if (white.method === 'opponent') {
    // Where the colour shows nothing but the rounding of its values, it was smoothed: the brightness tells.
    const smoothed = limited((leastColour255 - opponent[0]) / (leastColour255 - rounding255), 0, 1)
    rise = Math.max(rise, smoothed * risen(flat))
  }
  return limited((rise - Math.log(whiteRatio)) / Math.log(correlatedRatio / whiteRatio), 0, 1)
}

function limited(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value))
}

/**
 * The logarithm of the factor within which four of five levels lie: measured on mixes of the photos that are held out
 * from training (`drawMix`), and of white noise of level 2 to 50.
 */
function uncertainty(
  { width, height }: FloatImage,
  { white: { method, sigma255: whiteLevel }, blockiness }: NoiseSpectrum,
  share: number,
  sigma255: number,
): number {
  const few = 60 / Math.sqrt(width * height)
  const white = (method === 'opponent' ? 0.02 : 0.05) + 0.25 / (whiteLevel + 0.2) + 0.2 * few
  const correlated = (blockiness > 0.1 ? 0.2 : 0.12) + 1.1 / (sigma255 + 1) + 0.5 * few
  return white + share * (correlated - Math.min(white, correlated))
}

/** The model's curve, its root mean square over the picture's own brightness 1. */
function profileOf({ channels, data }: FloatImage, model: PoissonGaussian): Float32Array {
  const curve = Float32Array.from({ length: profileSteps + 1 }, (_, i) =>
    deviationAt(model, i / profileSteps),
  )
  let [sum, count] = [0, 0]
  const stride = channels * Math.max(1, Math.floor(data.length / channels / 100_000))
  for (let i = 0; i < data.length; i += stride, count++) {
    let brightness = 0
    for (let c = 0; c < channels; c++) brightness += data[i + c] / channels
    sum += profileAt(curve, brightness) ** 2
  }
  const scale = 1 / Math.sqrt(sum / count)
  return curve.map((value) => value * scale)
}

/** Reads a profile at a brightness. */
export function profileAt(profile: Float32Array, brightness: number): number {
  const position = Math.min(1, Math.max(0, brightness)) * profileSteps
  const index = Math.min(Math.floor(position), profileSteps - 1)
  return profile[index] + (position - index) * (profile[index + 1] - profile[index])
}
