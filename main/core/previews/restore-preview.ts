import type { PreviewEvent } from '../../../shared/contract/preview.ts'
import type { RestoreFacts } from '../../../shared/contract/restore.ts'
import type { FloatImage } from '../../../shared/image.ts'
import { blankLike } from '../../imaging/raster.ts'
import { rasterTile, setTile } from '../../imaging/tile-pixels.ts'
import type { Core } from '../core.ts'
import { lostPsnr, restoreMethod } from '../jobs/restore-job.ts'
import { findModel } from '../model-library.ts'
import { type Pictures, requestKey } from '../pictures/pictures.ts'
import { keptMask } from '../restore/masks.ts'
import { findMissing } from '../restore/missing.ts'
import { restoreImage } from '../restore/restore-image.ts'
import { preview } from './preview.ts'

export interface RestoreRequest {
  readonly image: number
  readonly mask: string
  readonly method: string
  readonly isTrial: boolean
}

/** A photo with its lost pixels filled, and where what was there is known, how near that comes. */
export function restorePreview(
  core: Core,
  pictures: Pictures,
  { image, mask, method, isTrial }: RestoreRequest,
  signal: AbortSignal,
): AsyncGenerator<PreviewEvent<RestoreFacts>> {
  const chosen = restoreMethod(core, method)
  const version = typeof chosen === 'string' ? chosen : findModel(core.catalog, method).sha256
  const request = requestKey('restore', { image, mask, version, isTrial })
  return preview(pictures, request, signal, async (steps) => {
    const started = performance.now()
    const path = await keptMask(core.folder, mask)
    const source = await pictures.image(image)
    const missing = await findMissing(source, { kind: 'mask', path }, steps.signal)
    const { width, height } = source
    const whole = { x: 0, y: 0, width, height }
    const restored = await restoreImage(core.inference, chosen, rasterTile(source, whole), missing, {
      signal: steps.signal,
      onProgress: steps.progress,
    })
    const result = blankLike(source)
    setTile(result, whole, restored)
    steps.begin(result, `${pictures.nameOf(image)}-restored`)
    const truth = await truthOf(core, pictures, image, isTrial, restored)
    return {
      method,
      seconds: (performance.now() - started) / 1000,
      lost: missing.reduce((sum, value) => sum + value, 0) / missing.length,
      lostPsnrDb: truth && lostPsnr(restored.data, truth.data, missing),
    }
  })
}

/** What was there: the photo itself where it is sound, else the clean photo that it was made of. */
async function truthOf(
  { catalog }: Core,
  pictures: Pictures,
  image: number,
  isTrial: boolean,
  { width, height, channels }: FloatImage,
): Promise<FloatImage | null> {
  const id = isTrial ? image : catalog.images.referenceOf(image)
  if (id === null) return null
  const raster = await pictures.image(id).catch(() => null)
  if (raster?.width !== width || raster.height !== height || raster.channels !== channels) return null
  return rasterTile(raster, { x: 0, y: 0, width, height })
}
