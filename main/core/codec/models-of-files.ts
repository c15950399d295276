import { AppError } from '../../../shared/errors.ts'
import type { Model } from '../../catalog/models.ts'
import type { Catalog } from '../../catalog/open.ts'

/** A file names its model by so many bytes of the weights' SHA-256. */
export const modelPrefixBytes = 8

/**
 * The model that a file was made with.
 * @param prefix the first 8 bytes of the SHA-256 of its weights, in hex
 * @param label the file, for the error
 * @param name what the file calls its model, where it does
 * @throws AppError `not-found` with the model's name and hash, and what to do
 */
export function modelOfFile(catalog: Catalog, prefix: string, label: string, name: string | null): Model {
  const model = catalog.models.byHashPrefix(prefix)
  if (model) {
    if (model.task === 'compress') return model
    throw new AppError('corrupt', `${label}: its model ${prefix} is '${model.id}', which does not compress`)
  }
  throw new AppError(
    'not-found',
    `${label} was made with the model ${name ? `'${name}' ` : ''}of hash ${prefix}, which is not on this machine. ` +
      'Ask whoever made it for the model (hourglass models export), then: hourglass models import FOLDER',
  )
}
