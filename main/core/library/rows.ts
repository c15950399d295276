import { access } from 'node:fs/promises'
import type { ImageDetails, ImageRow } from '../../../shared/contract/library.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Image } from '../../catalog/image.ts'
import type { Catalog } from '../../catalog/open.ts'
import { probeImage } from '../../imaging/probe.ts'

export function rowOf({ id, name, width, height, format, bytes, takenAtMs, exif }: Image): ImageRow {
  const { iso = null, camera = null } = exif
  return { id, name, width, height, format, bytes, takenAtMs, iso, camera }
}

/** All that is known of an image; what only its file tells is left out where that is gone. */
export async function detailsOf(catalog: Catalog, id: number): Promise<ImageDetails> {
  const image = catalog.images.byId(id)
  if (!image) throw new AppError('not-found', `the library has no image ${id}`)
  const { path, sha256, bitDepth, channels, hasAlpha, importedAtMs, exif } = image
  const locations = await Promise.all(
    catalog.images.locations(id).map(async (location) => ({
      path: location.path,
      isThere: await access(location.path).then(
        () => true,
        () => false,
      ),
    })),
  )
  const probed = await probeImage(path).catch(() => null)
  return {
    ...rowOf(image),
    ...{ path, locations, sha256, bitDepth, channels, hasAlpha, importedAtMs },
    hasTime: exif.takenAtMs !== undefined,
    lens: exif.lens ?? null,
    exposureSeconds: exif.exposureSeconds ?? null,
    aperture: exif.aperture ?? null,
    focalLengthMm: probed?.exif.focalLengthMm ?? null,
    hasPlace: probed?.exif.hasPlace ?? false,
    hasIcc: probed?.hasIcc ?? false,
    notes: probed?.notes ?? [],
    collections: catalog.datasets.ofImage(id).map(({ id: dataset, name }) => ({ id: dataset, name })),
    reference: catalog.images.referenceOf(id),
  }
}
