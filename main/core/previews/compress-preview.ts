import type { HgiCodedFacts } from '../../../shared/contract/compress.ts'
import type { PreviewEvent } from '../../../shared/contract/preview.ts'
import { AppError } from '../../../shared/errors.ts'
import { latentRect, tileRect } from '../../code/grid.ts'
import { qualityOfLevel } from '../../code/level.ts'
import { setTile } from '../../imaging/tile-pixels.ts'
import { layOutHgi } from '../codec/hgi-file.ts'
import type { CompressTarget } from '../codec/seek-level.ts'
import { type CompressedRaster, compressRaster } from '../compress.ts'
import type { Core } from '../core.ts'
import type { Effort, ModelRef } from '../engine-tasks.ts'
import { findModel, refOf } from '../model-library.ts'
import { type Pictures, requestKey } from '../pictures/pictures.ts'
import { bitsGrid, placeBits } from './bits.ts'
import { preview } from './preview.ts'

export interface CompressRequest {
  readonly image: number
  readonly model: string
  readonly target: CompressTarget
  readonly effort: Effort
}

/** What a reader of a photo's .hgi file would see, and the file itself. */
export function compressPreview(
  core: Core,
  pictures: Pictures,
  { image, model: modelId, target, effort }: CompressRequest,
  signal: AbortSignal,
): AsyncGenerator<PreviewEvent<HgiCodedFacts>> {
  const model = findModel(core.catalog, modelId)
  if (model.task !== 'compress') {
    throw new AppError('bad-input', `model '${modelId}' is for '${model.task}', not for compressing`)
  }
  const request = requestKey('compress', { image, model: model.sha256, target, effort })
  return preview(pictures, request, signal, async (steps) => {
    const started = performance.now()
    const source = await pictures.image(image)
    const { width, height, channels } = source
    const raster = { ...source, pixels: source.pixels.slice() }
    const stored = steps.begin(raster, pictures.nameOf(image))
    const layout = await layOutHgi(source, model, 'all')
    const result = await compressRaster(core.inference, refOf(model), source, {
      ...{ target, effort, fileBytes: layout.fileBytes, signal: steps.signal },
      onProgress: (fraction) => steps.progress(0.9 * fraction),
      onDecoded: (place, decoded, offset) => {
        setTile(raster, place, decoded, offset)
        steps.tile(place)
      },
    })
    const bytes = Buffer.concat(layout.pieces(result.levelQ, result.tiles))
    stored.file = { type: 'application/octet-stream', extension: '.hgi', bytes }
    stored.bits = await bitsOf(core, refOf(model), result, steps.signal)
    const [a, b] = [source, raster].map(({ pixels }) => ({ width, height, channels, pixels }))
    const { ssim } = await core.pixels.call('similarity', { a: a!, b: b! }, { signal: steps.signal })
    const original = (await pictures.find(image)).image.bytes
    return {
      ...{ bytes: result.bytes, bitsPerPixel: (8 * result.bytes) / (width * height) },
      ...{ quality: qualityOfLevel(result.levelQ), psnrDb: result.psnrDb, ssim, model: modelId },
      ...{ savedShare: 1 - result.bytes / original, note: result.note },
      seconds: (performance.now() - started) / 1000,
      bits: bitsGrid(width, height),
    }
  })
}

/** Bits of each latent position of the picture, from decoding its streams. */
async function bitsOf(
  { inference }: Core,
  model: ModelRef,
  { grid, levelQ, tiles }: CompressedRaster,
  signal: AbortSignal,
): Promise<Float32Array> {
  const { rows, columns } = bitsGrid(grid.width, grid.height)
  const all = new Float32Array(rows * columns)
  for (const [tile, { stream }] of tiles.entries()) {
    const place = latentRect(tileRect(grid, tile))
    const size = { rows: place.height, columns: place.width }
    const { bits } = await inference.call('decodeTile', { model, levelQ, stream, ...size }, { signal })
    placeBits(all, { rows, columns }, place, bits)
  }
  return all
}
