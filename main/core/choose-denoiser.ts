import { automaticModel } from '../../shared/contract/denoise.ts'
import { AppError } from '../../shared/errors.ts'
import type { PictureNoise } from '../../shared/metrics/noise-level/estimate-picture-noise.ts'
import type { LearnedNoise } from '../../shared/metrics/noise-level/told-level.ts'
import type { Model } from '../catalog/models.ts'
import type { Catalog } from '../catalog/open.ts'
import { findModel } from './model-library.ts'

export interface ChosenDenoiser {
  readonly model: Model
  /** for people, of a model that was not asked for by name; else null */
  readonly why: string | null
}

/**
 * The model for a picture: the one that is asked for, or with `auto` the one that did better on the camera mixes of held-out
 * photos (noise that neighbours share) or on white noise.
 * @param noise of the picture; only looked at for `auto`
 * @throws AppError `not-found`; `bad-input` for a model of another task
 */
export function chooseDenoiser(
  catalog: Catalog,
  asked: string,
  noise: Pick<PictureNoise, 'correlated'> | null,
): ChosenDenoiser {
  if (asked !== automaticModel) return { model: denoiserOf(catalog, asked), why: null }
  return noise?.correlated
    ? { model: denoiserOf(catalog, 'denoiser-camera'), why: 'because neighbouring pixels share the noise' }
    : { model: denoiserOf(catalog, 'denoiser'), why: 'because the noise is white' }
}

/** What a model was trained on, as its card says. */
export function learnedNoise({ card }: Pick<Model, 'card'>): LearnedNoise {
  const { training } = card as { training?: { settings?: { noise?: unknown } } }
  return training?.settings?.noise === 'camera' ? 'camera' : 'white'
}

function denoiserOf(catalog: Catalog, id: string): Model {
  const model = findModel(catalog, id)
  if (model.task === 'denoise') return model
  throw new AppError('bad-input', `model '${id}' is for '${model.task}', not for denoising`)
}
