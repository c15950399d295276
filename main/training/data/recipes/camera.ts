import { AppError } from '../../../../shared/errors.ts'
import { exp } from '../../../../shared/maths/elementary.ts'
import { drawMix, type MixParameters, mixDefaults } from '../../../../shared/noise/camera/mix.ts'
import { type Recipe, toFloats } from './recipe.ts'

export interface CameraArrays extends Readonly<Record<string, Float32Array>> {
  /** (count, side, side, 3) in [0, 1] */
  readonly clean: Float32Array
  /** The same, damaged. */
  readonly noisy: Float32Array
  /** (count, side, side): the noise's deviation at each pixel as the network is told it, in the unit of the pixels */
  readonly sigma: Float32Array
}

export interface CameraParameters extends MixParameters {
  /** Spread of the logarithm by which a crop's told level misses the true one: estimates do, and people ask for more. */
  readonly toldSpread: number
}

/** The mix that photos really suffer from, with the true level of each pixel, missed by a factor drawn for each crop. */
export const camera: Recipe<CameraParameters, CameraArrays> = {
  defaults: { ...mixDefaults, toldSpread: 0.15 },
  check({ cameraShare, jpegShare, resizeShare, sigmaMax255, toldSpread }) {
    for (const [name, share] of Object.entries({ cameraShare, jpegShare, resizeShare })) {
      if (!(share >= 0 && share <= 1))
        throw new AppError('bad-input', `${name}: expected 0 to 1, got ${share}`)
    }
    for (const [name, value] of Object.entries({ sigmaMax255, toldSpread })) {
      if (!(value >= 0)) throw new AppError('bad-input', `${name}: expected at least 0, got ${value}`)
    }
  },
  make(crops, parameters) {
    const { count, side } = crops
    const clean = toFloats(crops.pixels)
    const noisy = new Float32Array(clean.length)
    const sigma = new Float32Array(count * side * side)
    const size = side * side * 3
    for (let index = 0; index < count; index++) {
      const random = crops.random(index)
      const data = clean.subarray(index * size, (index + 1) * size)
      const drawn = drawMix({ width: side, height: side, channels: 3, data }, random, parameters)
      noisy.set(drawn.noisy.data, index * size)
      clean.set(drawn.clean.data, index * size)
      const missed = exp(parameters.toldSpread * random.normal())
      sigma.set(
        drawn.deviation.map((value) => value * missed),
        index * side * side,
      )
    }
    return { clean, noisy, sigma }
  },
}
