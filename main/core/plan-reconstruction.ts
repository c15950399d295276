import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import { imageExtensions } from '../imaging/formats.ts'
import { autoencoderLossSettings } from '../models/autoencoder/loss-settings.ts'
import { describe } from '../models/descriptions.ts'
import { digitsData, smallPhotoData } from '../training/data-settings.ts'
import type { RunConfig } from '../training/run-config.ts'
import { parseSettings, trainingSettings } from '../training/settings.ts'
import { namesOf, others } from './names-of.ts'
import { type PlanRequest, splitPhotos } from './plan-run.ts'

// MNIST, 60 epochs over 8,000 digits: validation MSE 0.0167; with batches of 128 at a rate of 0.001, 0.0215.
const defaults = { batch: 64, learningRate: 0.002, warmupSteps: 0 }
// A variational code is a matter of likelihoods; squared errors would leave it to the prior.
// With ReLU and without warm-up digits, mostly black, push every unit of a decoder below zero for good.
const imageDefaults = { learningRate: 0.002, warmupSteps: 100 }
const ownDefaults: Record<string, object> = {
  conv: imageDefaults,
  vae: { ...imageDefaults, loss: 'bce' },
}
// 600 patches of photos, 6 epochs of 10 steps: validation MSE 0.0155; at a rate of 0.002 after 100 steps of warm-up,
// as for digits, 0.0371.
const photoDefaults = {
  ...{ rows: 32, columns: 32, channels: 3, widths: [32, 64, 128], code: 64 },
  ...{ learningRate: 0.004, warmupSteps: 20 },
}

type Common = Pick<RunConfig, 'architecture' | 'length' | 'startWeights'>

/** A run of a network of small images: on one IDX file, or on photos seen small. */
export async function planReconstruction(
  request: PlanRequest,
  common: Common,
  parentOptions: object,
): Promise<{ config: RunConfig; dataNote: string }> {
  const { architecture, images, extra = [] } = request
  const ofPhotos = request.split !== undefined || !(await isIdx(images))
  if (ofPhotos && architecture === 'dense') {
    throw new AppError(
      'bad-input',
      `dense is trained on one IDX file, got ${images.join(', ') || 'a collection of photos'}; conv and vae take photos`,
    )
  }
  if (ofPhotos && extra.length > 0)
    throw new AppError('bad-input', 'extra IDX files go with an IDX file alone')
  const parts = {
    ...{ settings: trainingSettings, options: describe(architecture).options },
    ...{ data: digitsData, loss: autoencoderLossSettings },
  }
  const given = {
    ...{ ...defaults, ...ownDefaults[architecture], ...(ofPhotos ? photoDefaults : {}) },
    ...{ ...parentOptions, ...request.given },
  }
  if (!ofPhotos) {
    const counted = z.strictObject({
      trainingCount: z.int().positive().default(8000),
      imageCount: z.int().min(0).default(0),
    })
    const { settings, options, data, loss, counted: count } = parseSettings({ ...parts, counted }, given)
    const { trainingCount, imageCount } = count
    const task = {
      kind: 'digits' as const,
      data,
      loss,
      images: images[0]!,
      trainingCount,
      imageCount,
      extra: [...extra],
    }
    const config = { ...common, settings, options: options as Record<string, unknown>, task }
    const rest = imageCount > trainingCount ? others(imageCount - trainingCount) : 'the rest'
    const further = extra.map((path) => ` and ${basename(path)}`).join('')
    return {
      config,
      dataNote: `the first ${trainingCount} images of ${basename(images[0]!)}${further}, ${rest} held out`,
    }
  }
  const split = z.strictObject({ validationShare: z.number().min(0).max(0.9).default(0.1) })
  const parsed = parseSettings({ ...parts, photos: smallPhotoData, split }, given)
  const { settings, options, data, loss, photos } = parsed
  const { training, validation } =
    request.split ?? (await splitPhotos(request, parsed.split.validationShare, settings.seed))
  if (validation.length === 0) {
    throw new AppError(
      'bad-input',
      'a run is judged by held-out photos: name at least two, with a validationShare above 0',
    )
  }
  const task = {
    ...{ kind: 'thumbnails' as const, data, photos, loss },
    ...{ training: [...training], validation: [...validation] },
  }
  const names = request.split?.name ?? namesOf(images)
  const views = photos.view === 'thumbnail' ? 'thumbnails' : `${photos.patchesPerPhoto} patches each`
  return {
    config: { ...common, settings, options: options as Record<string, unknown>, task },
    dataNote: `${training.length} photos of ${names} (${views}), ${others(validation.length)} held out`,
  }
}

/** One file that is no picture. */
async function isIdx(paths: readonly string[]): Promise<boolean> {
  const [path] = paths
  if (paths.length !== 1 || path === undefined) return false
  const facts = await stat(path).catch((cause) => {
    throw new AppError('not-found', `${path}: no such file or folder`, { cause })
  })
  return facts.isFile() && !imageExtensions.some((ending) => path.toLowerCase().endsWith(ending))
}
