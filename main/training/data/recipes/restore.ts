import { AppError } from '../../../../shared/errors.ts'
import { pushPull } from '../../../../shared/maths/push-pull.ts'
import { missingPixels } from '../../../../shared/noise/add-noise.ts'
import type { GivenParameters } from '../../../../shared/noise/model.ts'
import type { Random } from '../../../../shared/random.ts'
import { type Recipe, toFloats } from './recipe.ts'

export interface RestoreParameters {
  /** Kinds of damage to draw from, each equally likely. */
  readonly damages: readonly string[]
}

export interface RestoreArrays extends Readonly<Record<string, Float32Array>> {
  /** (count, side, side, 3) in [0, 1] */
  readonly clean: Float32Array
  /** The same, filled smoothly where pixels are lost. */
  readonly filled: Float32Array
  /** (count, side, side, 1): 1 where a pixel is lost */
  readonly missing: Float32Array
}

/** Small crops are damaged as strongly as pictures are at their worst, so that a batch holds many lost pixels. */
const draws: Record<string, (random: Random) => GivenParameters> = {
  holes: (random) => ({ coverage: random.between(5, 30), size: 4 + random.integer(37) }),
  scratches: (random) => ({ perMegapixel: random.between(300, 1200), thickness: 1 + random.integer(8) }),
  'missing-lines': (random) => ({
    ...{ share: random.between(5, 40), thickness: 1 + random.integer(6) },
    axis: random.uniform() < 0.5 ? 'rows' : 'columns',
  }),
  'lost-blocks': (random) => ({
    ...{
      share: random.between(5, 30),
      block: random.uniform() < 0.5 ? '8' : '16',
      run: 1 + random.integer(3),
    },
  }),
}

/** Pixels lost in one of several ways, drawn for each crop, and filled smoothly. */
export const restore: Recipe<RestoreParameters, RestoreArrays> = {
  defaults: { damages: Object.keys(draws) },
  check({ damages }) {
    const unknown = damages.find((damage) => !draws[damage])
    if (damages.length > 0 && unknown === undefined) return
    throw new AppError(
      'bad-input',
      `damages: expected some of ${Object.keys(draws).join(', ')}, got ${unknown ?? 'none'}`,
    )
  },
  make(crops, { damages }) {
    const { side } = crops
    const clean = toFloats(crops.pixels)
    const filled = new Float32Array(clean.length)
    const missing = new Float32Array(clean.length / 3)
    const size = side * side
    for (let index = 0; index < crops.count; index++) {
      const random = crops.random(index)
      const model = damages[random.integer(damages.length)]!
      const parameters = draws[model]!(random)
      const lost = missingPixels({ width: side, height: side }, { model, parameters, seed: random.uint32() })
      const data = clean.subarray(index * size * 3, (index + 1) * size * 3)
      const image = { width: side, height: side, channels: 3 as const, data }
      filled.set(pushPull(image, lost).data, index * size * 3)
      missing.set(lost, index * size)
    }
    return { clean, filled, missing }
  },
}
