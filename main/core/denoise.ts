import { type BlendAmounts, blendDenoised, isWholeBlend, wholeBlend } from '../../shared/blend/blend.ts'
import { lostDetail } from '../../shared/blend/lost-detail.ts'
import type { PassCount } from '../../shared/contract/denoise.ts'
import type { FloatImage } from '../../shared/image.ts'
import {
  estimatePictureNoise,
  type PictureNoise,
} from '../../shared/metrics/noise-level/estimate-picture-noise.ts'
import { sigmaMap } from '../../shared/metrics/noise-level/sigma-map.ts'
import type { Engine } from '../engine/host.ts'
import { eachTile } from '../imaging/each-tile.ts'
import { blankLike, newSamples, type Raster } from '../imaging/raster.ts'
import { type PixelGrid, rasterTile } from '../imaging/tile-pixels.ts'
import { type Rect, type TileOptions, tilePlan } from '../imaging/tiles.ts'
import { denoiseInPasses } from './denoise-passes.ts'
import type { EngineTasks, ModelRef } from './engine-tasks.ts'
import { colourFromGrey, colourSigma, greyFromColour } from './grey.ts'

export interface DenoiseSettings {
  /** noise level of the picture as the model is told it, standard deviation of 255; see `toldLevel255` */
  readonly sigma255: number
  /** how the level depends on brightness; see `PictureNoise`. The same everywhere by default, and for grey pictures. */
  readonly profile?: Float32Array | null
  /** how much of the noise is taken away; all of it by default */
  readonly blend?: BlendAmounts
  /** see `denoiseInPasses`; 1 by default */
  readonly passes?: PassCount
  /** bits of the result; the picture's own by default, and then the work is done in place */
  readonly depth?: 8 | 16
  /** other than `denoiseTiles`, for tests */
  readonly tiles?: TileOptions
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: (done: { tiles: number; of: number }) => void
}

/**
 * Core and halo of the denoiser's tiles in pixels. The receptive field reaches 122 pixels, but what lies beyond 48
 * was measured to change results by less than 0.1/255 at every level up to sigma 75 (40: 0.45/255, 64: nothing).
 */
export const denoiseTiles = { core: 640, halo: 48, multiple: 8 } as const

/**
 * Removes noise tile by tile, so that memory stays flat at any size. Alpha and metadata are kept.
 * @returns a new raster, or the given one, changed, where the depth stays
 * @throws AppError `aborted`, `engine`, and what the model's task throws
 */
export async function denoiseRaster(
  engine: Engine<EngineTasks>,
  model: ModelRef,
  source: Raster,
  {
    sigma255,
    profile = null,
    blend = wholeBlend,
    passes = 1,
    depth = source.depth,
    tiles = denoiseTiles,
    signal,
    onProgress,
  }: DenoiseSettings,
): Promise<Raster> {
  const target = depth === source.depth ? source : blankLike(source, depth)
  const plan = tilePlan(source.width, source.height, tiles)
  const denoiseTile = tileDenoiser(engine, model, { sigma255, profile, blend, passes, signal })
  await eachTile(source, target, plan, (noisy, { input }) => denoiseTile(noisy, input), {
    concurrency: 2,
    ...(signal ? { signal } : {}),
    ...(onProgress ? { onProgress } : {}),
  })
  return target
}

/**
 * Denoises pieces of a picture. A piece lies at `input` of it, which decides the noise that grey ones get.
 * @throws AppError as `denoiseRaster`
 */
export function tileDenoiser(
  engine: Engine<EngineTasks>,
  model: ModelRef,
  {
    sigma255,
    profile = null,
    blend = wholeBlend,
    passes = 1,
    signal,
  }: Pick<DenoiseSettings, 'sigma255' | 'profile' | 'blend' | 'passes' | 'signal'>,
): (noisy: FloatImage, input: Rect) => Promise<FloatImage> {
  const sigma = sigma255 / 255
  return async (noisy, input) => {
    const { width, height, data } = noisy
    const isGrey = noisy.channels === 1
    const colour = isGrey ? colourFromGrey(noisy, input, sigma).data : data
    const level = isGrey ? colourSigma(sigma) : profile ? sigmaMap(noisy, sigma, profile) : sigma
    const request = { model, width, height, noisy: colour, sigma: level }
    const result = await denoiseInPasses(engine, request, passes, signal)
    const clean = { ...noisy, data: isGrey ? greyFromColour(result) : result }
    if (isWholeBlend(blend)) return clean
    const lost = blend.detail > 0 ? lostDetail(noisy, clean, sigma) : undefined
    return blendDenoised(noisy, clean, blend, lost)
  }
}

const sampleSide = 512
const samplesPerSide = 3

/** Nothing can be told of so small a picture. */
const tooSmall: PictureNoise = {
  ...{
    sigma255: 0,
    low255: 0,
    high255: 2,
    certainty: 'unsure',
    correlated: false,
    profile: null,
    model: null,
  },
}

/** Estimates the noise of a picture from its `noiseSample`. */
export function estimateRasterNoise(raster: PixelGrid): PictureNoise {
  const sample = noiseSample(raster)
  const { width, height } = sample
  if (width < 3 || height < 3) return tooSmall
  return estimatePictureNoise(rasterTile(sample, { x: 0, y: 0, width, height }))
}

/**
 * What of a picture its noise is estimated from: a grid of nine squares of a large one, one below the other. Noise is
 * everywhere, and the answer should take no longer than the work. A sample is its own sample.
 */
export function noiseSample(raster: PixelGrid): PixelGrid {
  const { width, height, channels, pixels } = raster
  if (width * height <= (sampleSide * samplesPerSide) ** 2 || width < sampleSide || height < sampleSide) {
    return { width, height, channels, pixels }
  }
  const count = samplesPerSide ** 2
  const rowLength = sampleSide * channels
  const sample = newSamples(count * sampleSide * rowLength, pixels instanceof Uint8Array ? 8 : 16)
  // Multiples of 8, so that JPEG's blocks keep their places.
  const at = (size: number, k: number) => 8 * Math.floor(((size - sampleSide) * k) / (samplesPerSide - 1) / 8)
  for (let i = 0; i < count; i++) {
    const x = at(width, i % samplesPerSide)
    const y = at(height, Math.floor(i / samplesPerSide))
    for (let row = 0; row < sampleSide; row++) {
      const from = ((y + row) * width + x) * channels
      sample.set(pixels.subarray(from, from + rowLength), (i * sampleSide + row) * rowLength)
    }
  }
  return { width: sampleSide, height: count * sampleSide, channels, pixels: sample }
}
