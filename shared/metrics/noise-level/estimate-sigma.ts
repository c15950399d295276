import type { FloatImage } from '../../image.ts'
import { channelPlane } from '../../maths/planes.ts'
import { checkLeastSide } from '../same-shape.ts'
import { flatBlocksSigma255 } from './flat-blocks.ts'
import { immerkaerSigma255 } from './immerkaer.ts'
import { opponentSigma255 } from './opponent.ts'

/** A noise level and how it was found. */
export interface SigmaEstimate {
  /** Standard deviation in levels of 255, 0 or more. */
  readonly sigma255: number
  readonly method: 'opponent' | 'flat-blocks' | 'immerkaer'
}

/**
 * The level of white Gaussian noise, for a denoiser that is told one: the deviation before clipping, also where
 * the file clipped it. Colour images by their colour differences; grey ones, and colour images whose channels
 * carry the same noise, by their flattest blocks; tiny ones by Immerkaer's mean over all pixels. Root mean square
 * errors over 24 photos, sigma 5 / 15 / 25 / 50: opponent 0.03 / 0.04 / 0.07 / 0.15 (clipped to 8 bits:
 * 0.03 / 0.11 / 0.21 / 0.56), flat blocks 0.2 / 0.5 / 0.4 / 0.4; wavelet MAD 1.8 / 1.3 / 0.9 / 0.5 (clipped: 7 at 50).
 * Spatially correlated noise, as cameras leave it, reads far too low: see `estimateNoise`.
 * @throws AppError bad-input under 3x3 pixels
 */
export function estimateSigma(image: FloatImage): SigmaEstimate {
  checkLeastSide('a noise level', image, 3)
  const flat = meanOverChannels(image, flatBlocksSigma255)
  return chooseSigma(image, flat, image.channels === 3 ? opponentSigma255(image) : NaN)
}

/** The same from readings taken already: by the flattest blocks, and by the colour differences. */
export function chooseSigma(image: FloatImage, flat: number, opponent: number): SigmaEstimate {
  if (image.channels === 3) {
    // Independent channels read the same both ways; what they share is missing from the differences.
    const agrees = !(flat > 1.1 * opponent + 0.6)
    if (agrees && Number.isFinite(opponent)) return { sigma255: opponent, method: 'opponent' }
  }
  if (Number.isFinite(flat)) return { sigma255: flat, method: 'flat-blocks' }
  return { sigma255: meanOverChannels(image, immerkaerSigma255), method: 'immerkaer' }
}

export function meanOverChannels(
  image: FloatImage,
  estimate: (plane: Float32Array, width: number, height: number) => number,
): number {
  let sum = 0
  for (let c = 0; c < image.channels; c++) sum += estimate(channelPlane(image, c), image.width, image.height)
  return sum / image.channels
}
