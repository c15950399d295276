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

/** Spread of the logarithm by which a crop's told level misses the true one: estimates do, and people ask for more. */
const missBy = 0.25

/** The mix that photos really suffer from, with the true level of each pixel, missed by a factor drawn for each crop. */
export const camera: Recipe<MixParameters, CameraArrays> = {
  defaults: mixDefaults,
  check({ cameraShare, jpegShare, sigmaMax255 }) {
    for (const [name, share] of Object.entries({ cameraShare, jpegShare })) {
      if (!(share >= 0 && share <= 1))
        throw new AppError('bad-input', `${name}: expected 0 to 1, got ${share}`)
    }
    if (!(sigmaMax255 >= 0))
      throw new AppError('bad-input', `sigmaMax255: expected at least 0, got ${sigmaMax255}`)
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
      const missed = exp(missBy * random.normal())
      sigma.set(
        drawn.deviation.map((value) => value * missed),
        index * side * side,
      )
    }
    return { clean, noisy, sigma }
  },
}
