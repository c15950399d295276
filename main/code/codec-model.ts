import { AppError } from '../../shared/errors.ts'
import type { LoadedModel } from '../core/loaded-models.ts'
import { codecOptions } from '../models/codec/options.ts'
import { IntegerModel } from './entropy/integer-model.ts'

/** What coding needs of a loaded model beyond its network. */
export interface CodecModel {
  readonly integers: IntegerModel
}

const made = new WeakMap<LoadedModel, CodecModel>()

/** @throws AppError `bad-input` when the model is no codec, `corrupt` when its integers do not fit together */
export function codecOf(loaded: LoadedModel): CodecModel {
  const known = made.get(loaded)
  if (known) return known
  const { card, stored } = loaded
  if (card.architecture.id !== 'codec')
    throw new AppError('bad-input', `model ${card.id} is for '${card.task}', not for compressing`)
  const integers = new IntegerModel(stored, codecOptions.parse(card.architecture.options), `model ${card.id}`)
  loaded.owned.push(integers)
  const codec = { integers }
  made.set(loaded, codec)
  return codec
}
