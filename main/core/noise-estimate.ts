import type { NoiseEstimate } from '../../shared/contract/denoise.ts'
import type { PictureNoise } from '../../shared/metrics/noise-level/estimate-picture-noise.ts'

const leastSide = 24

/** A picture's noise for people: its level, the range it lies in four times out of five, and why. */
export function noiseEstimate(
  noise: PictureNoise,
  { width, height }: { readonly width: number; readonly height: number },
): NoiseEstimate {
  const { sigma255, low255: low, high255: high, correlated, profile } = noise
  const isSmall = Math.min(width, height) < leastSide
  return {
    ...{ sigma255, low, high, correlated, profile: profile && [...profile] },
    certainty: isSmall ? 'unsure' : noise.certainty,
    why: isSmall
      ? `The picture is only ${width} x ${height} pixels: too few to tell noise from what it shows.`
      : reason(noise),
  }
}

function reason({ low255, high255, correlated }: PictureNoise): string {
  const range = `In four of five such pictures the level lies within ${low255.toFixed(1)} to ${high255.toFixed(1)} of 255.`
  return correlated
    ? `Neighbouring pixels share their noise, as in files from cameras, and it depends on brightness. ${range}`
    : `The noise is white: the same at every scale. ${range}`
}
