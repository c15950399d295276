import type { FloatImage } from '../../image.ts'
import { halvedPlane } from '../../maths/halve.ts'
import { channelPlane, imageFromPlanes } from '../../maths/planes.ts'
import { blockiness } from './blockiness.ts'
import { chooseSigma, meanOverChannels, type SigmaEstimate } from './estimate-sigma.ts'
import { flatBlocksSigma255 } from './flat-blocks.ts'
import { opponentSigma255 } from './opponent.ts'

const sizeCount = 4
type Levels = readonly [number, number, number, number]

/**
 * What two estimators of white noise read at full, half, quarter and eighth of the size, in levels of 255 and times 1,
 * 2, 4 and 8: the same each time for white noise, more and more for noise that neighbours share. 0 where they cannot tell.
 */
export interface NoiseSpectrum {
  /** what `estimateSigma` says */
  readonly white: SigmaEstimate
  /** by the colour differences (of grey pictures as `flat`) */
  readonly opponent: Levels
  /** by the flattest blocks, mean over the channels */
  readonly flat: Levels
  readonly blockiness: number
}

/** @param image at least 3x3 pixels; halves below 3x3 read 0 */
export function noiseSpectrum(image: FloatImage): NoiseSpectrum {
  const sizes = [image, halved(image)]
  while (sizes.length < sizeCount) sizes.push(halved(sizes[sizes.length - 1]))
  const flats = sizes.map((size, k) => 2 ** k * readable(size, flatLevel))
  const opponents =
    image.channels === 1 ? flats : sizes.map((size, k) => 2 ** k * readable(size, opponentSigma255))
  return {
    white: chooseSigma(image, flats[0], image.channels === 1 ? NaN : opponents[0]),
    opponent: seen(opponents),
    flat: seen(flats),
    blockiness: blockiness(image),
  }
}

function seen(levels: readonly number[]): Levels {
  return levels.map((level) => (Number.isFinite(level) ? level : 0)) as unknown as Levels
}

function readable(image: FloatImage, read: (image: FloatImage) => number): number {
  return image.width < 3 || image.height < 3 ? NaN : read(image)
}

function flatLevel(image: FloatImage): number {
  return meanOverChannels(image, flatBlocksSigma255)
}

export function halved(image: FloatImage): FloatImage {
  const { width, height, channels } = image
  const planes = Array.from({ length: channels }, (_, c) =>
    halvedPlane(channelPlane(image, c), width, height),
  )
  return imageFromPlanes((width + 1) >> 1, (height + 1) >> 1, planes)
}
