import { isWholeBlend } from '../../shared/blend/blend.ts'
import { denoiseArea } from '../../shared/contract/denoise.ts'
import { AppError } from '../../shared/errors.ts'
import type { Application } from '../core/application.ts'
import type { PlainPicture } from '../core/pixel-tasks.ts'
import { denoisePreview } from '../core/previews/denoise-preview.ts'
import { estimateOf } from '../core/previews/estimate.ts'
import { blankLike, type Raster } from '../imaging/raster.ts'
import { rasterTile, setTile } from '../imaging/tile-pixels.ts'
import type { Rect } from '../imaging/tiles.ts'
import { areaRouter } from './area.ts'

export const denoise = areaRouter(denoiseArea, {
  estimate: ({ image }, { core, pictures }, signal) => estimateOf(core, pictures, image, signal),

  preview: (request, { core, pictures }, signal) => denoisePreview(core, pictures, request, signal),

  async measure({ layer, image, reference, blend }, app, signal) {
    const { core, pictures } = app
    const [original, clean, truth] = await pictured(app, [`i${image}`, layer, `i${reference}`])
    const { told255 = 0 } = (pictures.layer(layer).facts ?? {}) as { told255?: number }
    const request = { original: original!, clean: clean!, sigma255: told255, blend }
    const pixels = isWholeBlend(blend) ? clean!.pixels : await core.pixels.call('blend', request, { signal })
    return core.pixels.call('similarity', { a: truth!, b: { ...clean!, pixels } }, { signal })
  },

  async residual({ layer, from, region }, app, signal) {
    const [b, a] = await pictured(app, [layer, from], region)
    return app.core.pixels.call('residual', { a: a!, b: b! }, { signal })
  },
})

/** Pictures by their keys, of one size, or the same piece of each. */
async function pictured(app: Application, keys: readonly string[], region?: Rect): Promise<PlainPicture[]> {
  const rasters = await Promise.all(keys.map((key) => app.pictures.raster(key)))
  const shape = ({ width, height, channels }: Raster) => `${width} x ${height} x ${channels}`
  const [first] = rasters
  for (const raster of rasters) {
    if (shape(raster) !== shape(first!)) {
      throw new AppError(
        'bad-input',
        `pictures to compare have one size; these have ${shape(first!)} and ${shape(raster)}`,
      )
    }
  }
  const { width, height } = first!
  if (region && (region.x + region.width > width || region.y + region.height > height)) {
    throw new AppError('bad-input', `the region ends outside of the picture of ${width} x ${height}`)
  }
  return rasters.map((raster) => plain(region ? piece(raster, region) : raster))
}

function piece(raster: Raster, region: Rect): Raster {
  const { width, height } = region
  const cut = blankLike({ ...raster, width, height, alpha: null })
  setTile(cut, { x: 0, y: 0, width, height }, rasterTile(raster, region))
  return cut
}

function plain({ width, height, channels, pixels }: Raster): PlainPicture {
  return { width, height, channels, pixels }
}
