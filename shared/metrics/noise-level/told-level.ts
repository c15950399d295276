import type { PictureNoise } from './estimate-picture-noise.ts'

/** What noise a denoiser was trained on: white alone, or cameras', too. */
export type LearnedNoise = 'white' | 'camera'

/** White noise's denoisers take noise that neighbours share for a part of the picture, unless told of more than there is. */
const tellMore = 1.7
/** Of small levels more is at stake by telling too much than too little. */
const tell = { more: 1, less255: 2 } as const

/**
 * The level that a denoiser is told, standard deviation of 255: of white noise the estimate. Of noise that neighbours share
 * what gave the most PSNR on camera mixes of held-out photos, by the estimate, which misses.
 */
export function toldLevel255(
  { sigma255, correlated }: Pick<PictureNoise, 'sigma255' | 'correlated'>,
  learned: LearnedNoise,
): number {
  if (!correlated) return sigma255
  if (learned === 'white') return tellMore * sigma255
  return (tell.more * sigma255 * sigma255) / (sigma255 + tell.less255)
}
