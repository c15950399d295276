import { automaticModel, type DenoiseFacts, type PassCount } from '../../../shared/contract/denoise.ts'
import type { PreviewEvent } from '../../../shared/contract/preview.ts'
import { toldLevel255 } from '../../../shared/metrics/noise-level/told-level.ts'
import { overlap } from '../../code/grid.ts'
import { stopIfAborted } from '../../imaging/abort.ts'
import { pooled } from '../../imaging/each-tile.ts'
import { rasterTile, setTile } from '../../imaging/tile-pixels.ts'
import { type Rect, type Tile, tilePlan } from '../../imaging/tiles.ts'
import { chooseDenoiser, learnedNoise } from '../choose-denoiser.ts'
import type { Core } from '../core.ts'
import { denoiseTiles, tileDenoiser } from '../denoise.ts'
import { refOf } from '../model-library.ts'
import { type Pictures, requestKey } from '../pictures/pictures.ts'
import { estimateOf } from './estimate.ts'
import { preview } from './preview.ts'

export interface DenoiseRequest {
  readonly image: number
  readonly model: string
  readonly sigma255: number | null
  /** see `denoiseInPasses` */
  readonly passes: PassCount
  readonly visible?: Rect | undefined
}

/** Smaller than in batches: what is seen is there sooner, for a little more work on halos. */
const previewTiles = { ...denoiseTiles, core: 384 }

/** A photo without its noise, at full strength: what is visible first, then from there outwards. */
export function denoisePreview(
  core: Core,
  pictures: Pictures,
  { image, model: modelId, sigma255: asked, passes, visible }: DenoiseRequest,
  signal: AbortSignal,
): AsyncGenerator<PreviewEvent<DenoiseFacts>> {
  const isAutomatic = modelId === automaticModel
  const named = isAutomatic ? null : chooseDenoiser(core.catalog, modelId, null)
  const request = requestKey('denoise', { image, model: named?.model.sha256 ?? modelId, asked, passes })
  return preview(pictures, request, signal, async (steps) => {
    const started = performance.now()
    const source = await pictures.image(image)
    const raster = { ...source, pixels: source.pixels.slice() }
    steps.begin(raster, `${pictures.nameOf(image)}-denoised`)
    const needsEstimate = isAutomatic || asked === null
    const noise = needsEstimate ? await estimateOf(core, pictures, image, steps.signal) : null
    const { model, why: modelWhy } = named ?? chooseDenoiser(core.catalog, modelId, noise)
    // As in a batch.
    const estimate = asked === null ? noise : null
    const sigma255 = asked ?? noise!.sigma255
    const told255 = estimate ? toldLevel255(estimate, learnedNoise(model)) : sigma255
    const profile = estimate?.profile ? Float32Array.from(estimate.profile) : null
    const denoise = tileDenoiser(core.inference, refOf(model), {
      sigma255: told255,
      profile,
      passes,
      signal: steps.signal,
    })
    const { rows, tileCount } = tilePlan(source.width, source.height, previewTiles)
    let ended = 0
    await pooled(nearestFirst(rows.flat(), visible), 2, async ({ core: place, input }) => {
      stopIfAborted(steps.signal, 'denoising')
      const clean = await denoise(rasterTile(source, input), input)
      setTile(raster, place, clean, { x: place.x - input.x, y: place.y - input.y })
      steps.tile(place)
      steps.progress(++ended / tileCount)
    })
    const seconds = (performance.now() - started) / 1000
    const megapixelsPerSecond = (source.width * source.height) / 1e6 / seconds
    return { sigma255, told255, model: model.id, modelWhy, seconds, megapixelsPerSecond }
  })
}

/** Tiles that are visible, then the others by the distance of their middles from what is visible. */
function nearestFirst(tiles: readonly Tile[], visible: Rect | undefined): Tile[] {
  if (!visible) return [...tiles]
  const middle = (rect: Rect) => [rect.x + rect.width / 2, rect.y + rect.height / 2] as const
  const [x, y] = middle(visible)
  const distance = ({ core }: Tile) => {
    const shared = overlap(core, visible)
    const [left, top] = middle(core)
    const isSeen = shared.width > 0 && shared.height > 0
    return Math.hypot(left - x, top - y) - (isSeen ? 1e6 : 0)
  }
  return [...tiles].sort((a, b) => distance(a) - distance(b))
}
