import { AppError } from '../../../../shared/errors.ts'
import { type Recipe, toFloats } from './recipe.ts'

export interface DenoiseParameters {
  /** The noise level of each crop is uniform in 0 .. this, of 255. */
  readonly sigmaMax255: number
  /** The share of the crops whose noisy side is clipped to [0, 1], as that of an 8-bit file is. */
  readonly clippedShare: number
  /** Clipped crops are also rounded to 8 bits. */
  readonly roundClipped: boolean
}

export interface DenoiseArrays extends Readonly<Record<string, Float32Array>> {
  /** (count, side, side, 3) in [0, 1] */
  readonly clean: Float32Array
  /** The same with noise; beyond [0, 1] unless clipped. */
  readonly noisy: Float32Array
  /** (count), in the unit of the pixels: sigma255 / 255 */
  readonly sigma: Float32Array
}

/** White Gaussian noise of a level drawn for each crop; half of the crops clipped, or a network fails on 8-bit files. */
export const denoise: Recipe<DenoiseParameters, DenoiseArrays> = {
  defaults: { sigmaMax255: 75, clippedShare: 0.5, roundClipped: false },
  check({ sigmaMax255, clippedShare }) {
    if (!(sigmaMax255 >= 0))
      throw new AppError('bad-input', `sigmaMax255: expected at least 0, got ${sigmaMax255}`)
    if (!(clippedShare >= 0 && clippedShare <= 1)) {
      throw new AppError('bad-input', `clippedShare: expected 0 to 1, got ${clippedShare}`)
    }
  },
  make(crops, { sigmaMax255, clippedShare, roundClipped }) {
    const clean = toFloats(crops.pixels)
    const noisy = new Float32Array(clean.length)
    const sigma = new Float32Array(crops.count)
    const size = clean.length / crops.count
    for (let index = 0; index < crops.count; index++) {
      const random = crops.random(index)
      sigma[index] = (random.uniform() * sigmaMax255) / 255
      const clipped = random.uniform() < clippedShare
      const sample = noisy.subarray(index * size, (index + 1) * size)
      addNoise(random.fillNormal(sample), clean.subarray(index * size), sigma[index])
      if (clipped) clip(sample, roundClipped)
    }
    return { clean, noisy, sigma }
  },
}

function addNoise(noise: Float32Array, clean: Float32Array, sigma: number): void {
  for (let i = 0; i < noise.length; i++) noise[i] = clean[i] + sigma * noise[i]
}

function clip(values: Float32Array, round: boolean): void {
  for (let i = 0; i < values.length; i++) {
    const value = Math.min(1, Math.max(0, values[i]))
    values[i] = round ? Math.round(value * 255) / 255 : value
  }
}
