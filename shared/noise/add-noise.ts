import { AppError } from '../errors.ts'
import type { FloatImage } from '../image.ts'
import { fnv1a } from '../maths/hash.ts'
import { Random } from '../random.ts'
import type { GivenParameters, NoiseModel } from './model.ts'
import { noiseModels } from './models.ts'

/** Which noise, how much, and the seed that makes it repeatable. */
export interface NoiseRequest {
  /** A key of `noiseModels`. */
  readonly model: string
  /** Missing ones take their defaults. */
  readonly parameters?: GivenParameters
  /** A safe integer, or a list of them such as [seed, step, index]. */
  readonly seed: number | readonly number[]
}

/**
 * A new image with noise: the same request on the same pixels gives the same bytes in every engine. Models draw
 * from streams of their own, so that two of them may share a seed. Nothing is clipped: see `clip`, `quantise`.
 * @throws AppError bad-input for an unknown model, an invalid parameter or seed, or an image without pixels
 */
export function addNoise(image: FloatImage, request: NoiseRequest): FloatImage {
  const model = findNoiseModel(request.model)
  const { width, height, channels, data } = image
  if (width < 1 || height < 1 || data.length !== width * height * channels) {
    throw new AppError(
      'bad-input',
      `an image of ${width} x ${height} x ${channels} needs as many values, got ${data.length}`,
    )
  }
  const seeds = typeof request.seed === 'number' ? [request.seed] : request.seed
  return model.apply(image, request.parameters ?? {}, new Random([...seeds, fnv1a(model.id)]))
}

/**
 * The pixels that `addNoise` would lose with the same request, marked by 1 in width * height bytes.
 * @throws AppError bad-input for a model that loses none, or an invalid parameter or seed
 */
export function missingPixels(size: { width: number; height: number }, request: NoiseRequest): Uint8Array {
  const model = findNoiseModel(request.model)
  if (!model.missing) {
    const known = [...noiseModels.values()].filter((each) => each.missing).map(({ id }) => id)
    throw new AppError('bad-input', `damage must be one of ${known.join(', ')}, got "${request.model}"`)
  }
  const seeds = typeof request.seed === 'number' ? [request.seed] : request.seed
  return model.missing(size, request.parameters ?? {}, new Random([...seeds, fnv1a(model.id)]))
}

/** @throws AppError bad-input, naming the models there are */
export function findNoiseModel(id: string): NoiseModel {
  const model = noiseModels.get(id)
  if (model) return model
  throw new AppError('bad-input', `noise must be one of ${[...noiseModels.keys()].join(', ')}, got "${id}"`)
}
