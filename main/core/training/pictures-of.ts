import { join } from 'node:path'
import type { TrainData } from '../../../shared/contract/train.ts'
import { AppError } from '../../../shared/errors.ts'
import { findImages } from '../../imaging/find.ts'
import { projectRoot } from '../../platform/folders.ts'
import type { Access } from '../access.ts'
import type { Core } from '../core.ts'

export interface TrainPictures {
  readonly images: string[]
  readonly split?: { name: string; training: string[]; validation: string[] }
}

/**
 * What a window names to learn from, as paths; a collection keeps the sides that the catalog gave its photos.
 * @throws AppError `not-found`; `bad-input` for what is outside of the folders that are served
 */
export async function picturesOf(
  { core, access }: { core: Core; access: Access },
  data: TrainData,
): Promise<TrainPictures> {
  if (data.kind === 'samples') return { images: [join(projectRoot, 'assets', 'samples')] }
  if (data.kind === 'paths') {
    const images = await access.checkAll(data.paths)
    if (!access.allows) return { images }
    const found = await findImages(images, { recursive: true, allows: access.allows })
    return { images: found.map(({ path }) => path) }
  }
  if (data.kind === 'library') {
    const { views } = core.catalog
    const ids = views.ids({ search: '', formats: [], order: 'imported', descending: false })
    return { images: await access.only(views.paths(ids)) }
  }
  const dataset = core.catalog.datasets.byId(data.id)
  if (!dataset) throw new AppError('not-found', 'this collection is no longer there')
  const paths = (split: 'train' | 'validation') =>
    access.only(core.catalog.datasets.images(dataset.id, { split }).map(({ path }) => path))
  const [training, validation] = await Promise.all([paths('train'), paths('validation')])
  const isWhole = training.length > 0 && validation.length > 0
  return isWhole
    ? { images: [], split: { name: dataset.name, training, validation } }
    : { images: [...training, ...validation] }
}
