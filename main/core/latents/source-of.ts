import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { LatentsSource } from '../../../shared/contract/latents.ts'
import { AppError } from '../../../shared/errors.ts'
import { findImages } from '../../imaging/find.ts'
import { projectRoot } from '../../platform/folders.ts'
import { idxImages } from '../../training/data/idx.ts'
import type { Access } from '../access.ts'
import type { Core } from '../core.ts'
import type { CollectionSource } from './collection.ts'

const mostPhotos = 200_000
const patchesEach = 400

/**
 * What a window asks to be encoded, as files.
 * @throws AppError `bad-input` where there is nothing; what may not be read
 */
export async function sourceOf(
  { catalog }: Pick<Core, 'catalog'>,
  access: Access,
  source: LatentsSource,
  signal?: AbortSignal,
): Promise<CollectionSource> {
  if (source.kind === 'idx') return idxSource(access, await access.check(source.path), source.count)
  if (source.kind === 'samples' || source.kind === 'patches') {
    const found = await findImages([join(projectRoot, 'assets', 'samples')])
    const paths = found.map(({ path }) => path)
    return { kind: 'photos', paths, ...(source.kind === 'patches' ? { patches: patchesEach } : {}) }
  }
  if (source.kind === 'paths') {
    const options = { recursive: true, allows: access.allows, signal }
    const found = await findImages(await access.checkAll(source.paths), options)
    return { kind: 'photos', paths: found.map(({ path }) => path).slice(0, mostPhotos) }
  }
  const view = {
    ...{ order: 'imported' as const, descending: false, search: '', formats: [] },
    ...(source.kind === 'collection' ? { collection: source.id } : {}),
  }
  const ids = catalog.views.ids(view).slice(0, mostPhotos)
  const paths = await access.only(catalog.views.paths(ids))
  if (paths.length === 0) throw new AppError('bad-input', 'there is no photo in it: import some first')
  return { kind: 'photos', paths }
}

/** With the labels that lie beside the images under the usual name. */
async function idxSource(access: Access, images: string, wanted: number): Promise<CollectionSource> {
  const labels = images.replace('images', 'labels').replace('idx3', 'idx1').replace('idx4', 'idx1')
  const facts = await access
    .check(labels)
    .then(stat)
    .catch(() => null)
  const isThere = labels !== images && facts !== null
  const { count } = await idxImages(images)
  return { kind: 'idx', images, ...(isThere ? { labels } : {}), to: Math.min(wanted, count) }
}
