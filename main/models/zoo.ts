import { AppError } from '../../shared/errors.ts'
import { codec } from './codec/codec.ts'
import { convolutional } from './conv/conv.ts'
import { denoiser } from './denoiser/denoiser.ts'
import { dense } from './dense/dense.ts'
import type { Model } from './model.ts'
import { restorer } from './restorer/restorer.ts'
import { vae } from './vae/vae.ts'

// biome-ignore lint/suspicious/noExplicitAny: the zoo holds models of any options; each checks its own with zod
type AnyModel = Model<any, any>

/** Every architecture by its id. An id never changes its meaning. */
export const zoo: ReadonlyMap<string, AnyModel> = new Map<string, AnyModel>([
  [dense.id, dense],
  [convolutional.id, convolutional],
  [vae.id, vae],
  [denoiser.id, denoiser],
  [restorer.id, restorer],
  [codec.id, codec],
])

/** @throws AppError `not-found` naming the ids there are */
export function architecture(id: string): AnyModel {
  const model = zoo.get(id)
  if (!model)
    throw new AppError('not-found', `no architecture '${id}'; there are: ${[...zoo.keys()].join(', ')}`)
  return model
}
