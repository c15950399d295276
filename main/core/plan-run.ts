import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import type { Model } from '../catalog/models.ts'
import { weightsPath } from '../models/card.ts'
import { describe } from '../models/descriptions.ts'
import { photoDataset } from '../training/data/photo-dataset.ts'
import { compressData, denoiseData, neighboursData, restoreData } from '../training/data-settings.ts'
import type { RunConfig } from '../training/run-config.ts'
import { parseSettings, type RunLengthSetting, runLength, trainingSettings } from '../training/settings.ts'
import { namesOf, others } from './names-of.ts'
import { planReconstruction } from './plan-reconstruction.ts'
import type { TrainRequest } from './train.ts'

export interface PlanRequest {
  readonly architecture: string
  /** folders, photos, or one IDX file */
  readonly images: readonly string[]
  /** photos that are split already, in place of `images` */
  readonly split?:
    | { readonly name: string; readonly training: readonly string[]; readonly validation: readonly string[] }
    | undefined
  readonly validationList?: string | undefined
  /** further IDX files to train on, for networks of small images */
  readonly extra?: readonly string[] | undefined
  /** the photos are noisy, and no clean ones are known: Neighbor2Neighbor */
  readonly selfSupervised?: boolean
  readonly length: unknown
  /** settings by name, of the training, the data, the loss and the architecture */
  readonly given: Readonly<Record<string, unknown>>
  readonly parent: Model | null
  readonly id: string
  readonly licenceNote: string
}

// What suits each task where the general default does not.
const photoDefaults = {
  denoise: { optimizer: 'muon', validateEvery: 500 },
  neighbours: { optimizer: 'muon', validateEvery: 500 },
  restore: { optimizer: 'muon', validateEvery: 500 },
  compress: { optimizer: 'muon', validateEvery: 500, batch: 8, learningRate: 6e-4, muonLearningRate: 1.5e-3 },
}
const photoData = {
  denoise: denoiseData,
  neighbours: neighboursData,
  restore: restoreData,
  compress: compressData,
}

/**
 * A run from what a person asks for: settings sorted and checked, data found and split.
 * @throws AppError naming the setting or path at fault
 */
export async function planRun(request: PlanRequest): Promise<TrainRequest> {
  const { architecture, parent, id, licenceNote } = request
  const { task, options: optionsSchema } = describe(architecture)
  const length = parseLength(request.length)
  if (parent && parent.architecture !== architecture && !fits(parent.architecture, architecture)) {
    throw new AppError(
      'bad-input',
      `model '${parent.id}' is a '${parent.architecture}', not a '${architecture}'`,
    )
  }
  const parentOptions = parent
    ? (parent.card as { architecture: { options: object } }).architecture.options
    : {}
  const startWeights = parent ? weightsPath(parent.folder) : null
  const common = { architecture, length, startWeights }
  const finish = (config: RunConfig, dataNote: string): TrainRequest => ({
    ...{ id, config, dataNote, licenceNote },
    parentId: parent?.id ?? null,
  })

  if (request.selfSupervised && task !== 'denoise') {
    throw new AppError(
      'bad-input',
      `training on noisy photos alone is for denoisers, not for '${architecture}'`,
    )
  }
  if (task !== 'reconstruct') {
    const kind = request.selfSupervised ? 'neighbours' : task
    const split = z.strictObject({ validationShare: z.number().min(0).max(0.9).default(0.05) })
    const given = { ...photoDefaults[kind], ...parentOptions, ...request.given }
    const parts = { settings: trainingSettings, options: optionsSchema, data: photoData[kind], split }
    const {
      settings,
      options,
      data,
      split: { validationShare },
    } = parseSettings(parts, given)
    const { training, validation } =
      request.split ?? (await splitPhotos(request, validationShare, settings.seed))
    if (validation.length === 0) {
      throw new AppError(
        'bad-input',
        'a run is judged by held-out photos: name at least two, with a validationShare above 0',
      )
    }
    const config: RunConfig = {
      ...{ ...common, settings, options: options as Record<string, unknown> },
      task: { kind, data, training: [...training], validation: [...validation] } as RunConfig['task'],
    }
    const names = request.split?.name ?? namesOf(request.images)
    const photos = request.selfSupervised ? 'noisy photos' : 'photos'
    return finish(config, `${training.length} ${photos} of ${names}, ${others(validation.length)} held out`)
  }
  const { config, dataNote } = await planReconstruction(request, common, parentOptions)
  return finish(config, dataNote)
}

export async function splitPhotos(
  { images, validationList }: Pick<PlanRequest, 'images' | 'validationList'>,
  validationShare: number,
  seed: number,
) {
  const options = { validationShare, seed, ...(validationList ? { validationList } : {}) }
  const { train: training, validation } = await photoDataset(images, options)
  return { training, validation }
}

/** A restorer may start from a denoiser: the network is the same. */
function fits(parent: string, architecture: string): boolean {
  return parent === 'denoiser' && architecture === 'restorer'
}

function parseLength(length: unknown): RunLengthSetting {
  const parsed = runLength.safeParse(length)
  if (!parsed.success)
    throw new AppError('bad-input', 'a run needs one of epochs, steps and minutes, above 0')
  return parsed.data
}
