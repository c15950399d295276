import type { CurvePoint, Rival, RivalFormat } from '../../../shared/contract/compress.ts'
import { AppError } from '../../../shared/errors.ts'
import { middleOf } from '../../imaging/middle-of.ts'
import { type Raster, samplesAtDepth } from '../../imaging/raster.ts'
import { layOutHgi } from '../codec/hgi-file.ts'
import { compressRaster } from '../compress.ts'
import type { Core } from '../core.ts'
import { findModel, refOf } from '../model-library.ts'
import type { Pictures } from '../pictures/pictures.ts'
import { decodeRival, encodeRival, seekRival } from './rivals.ts'

export type RivalEvent =
  | { kind: 'rival'; rival: Rival }
  | { kind: 'out-of-reach'; format: RivalFormat; message: string }
  | { kind: 'progress'; format: RivalFormat; fraction: number }

/** A photo in each format at no more than so many bytes, and how near each comes to it. */
export async function* rivalsAt(
  core: Core,
  pictures: Pictures,
  { image, bytes, formats }: { image: number; bytes: number; formats: readonly RivalFormat[] },
  signal: AbortSignal,
): AsyncGenerator<RivalEvent> {
  const source = await pictures.image(image)
  const { width, height, channels } = source
  const original = (await pictures.find(image)).image.bytes
  for (const format of formats) {
    yield { kind: 'progress', format, fraction: 0 }
    const started = performance.now()
    const { found, least } = await seekRival(source, format, bytes, { signal })
    if (!found) {
      const message = `${format.toUpperCase()} of this picture takes at least ${least} bytes`
      yield { kind: 'out-of-reach', format, message }
      continue
    }
    const pixels = await decodeRival(found.file, channels)
    const a = { width, height, channels, pixels: samplesAtDepth(source.pixels, 8) }
    const similarity = await core.pixels.call('similarity', { a, b: { ...a, pixels } }, { signal })
    const alpha = source.alpha && samplesAtDepth(source.alpha, 8)
    const stored = pictures.add({ ...source, depth: 8, pixels, alpha }, `${pictures.nameOf(image)}-${format}`)
    const extension = format === 'jpeg' ? '.jpg' : `.${format}`
    stored.file = { type: `image/${format}`, extension, bytes: found.file }
    pictures.finish(stored, '')
    const rival: Rival = {
      ...{ format, layer: stored.layer, quality: found.quality, ...similarity },
      ...{ bytes: found.file.length, bitsPerPixel: (8 * found.file.length) / (width * height) },
      savedShare: 1 - found.file.length / original,
      seconds: (performance.now() - started) / 1000,
    }
    yield { kind: 'rival', rival }
  }
}

const curveQualities = {
  hgi: [5, 20, 35, 50, 65, 80, 95],
  jpeg: [5, 15, 30, 50, 70, 85, 93],
  webp: [5, 15, 35, 60, 78, 88, 95],
  avif: [20, 32, 44, 56, 68, 78, 86],
} as const

/** Rate and distortion of a photo in each format, one point after the other: 8-bit PSNR, bytes of the pixels alone. */
export async function* curveOf(
  core: Core,
  pictures: Pictures,
  {
    image,
    model: modelId,
    formats,
  }: { image: number; model: string; formats: readonly ('hgi' | RivalFormat)[] },
  signal: AbortSignal,
): AsyncGenerator<{ kind: 'point'; point: CurvePoint } | { kind: 'done'; isPiece: boolean; pixels: number }> {
  const model = findModel(core.catalog, modelId)
  if (model.task !== 'compress')
    throw new AppError('bad-input', `model '${modelId}' is for '${model.task}', not for compressing`)
  const source = await pictures.image(image)
  const piece = middleOf(source)
  const pixels = piece.width * piece.height
  const layout = await layOutHgi({ ...piece, alpha: null }, model, 'none')
  const point = (format: CurvePoint['format'], quality: number, bytes: number, psnrDb: number) => ({
    kind: 'point' as const,
    point: { format, quality, bytes, bitsPerPixel: (8 * bytes) / pixels, psnrDb },
  })
  // Step by step over all formats, so that the whole plot is there early, coarse.
  for (let step = 0; step < curveQualities.hgi.length; step++) {
    for (const format of formats) {
      signal.throwIfAborted()
      const quality = curveQualities[format][step]!
      if (format === 'hgi') {
        const { bytes, psnrDb } = await compressRaster(core.inference, refOf(model), piece, {
          ...{ target: { kind: 'quality', value: quality }, effort: 1, signal },
          fileBytes: layout.fileBytes,
        })
        yield point(format, quality, bytes, psnrDb)
        continue
      }
      const file = await encodeRival(piece, format, quality)
      const decoded = await decodeRival(file, piece.channels)
      yield point(format, quality, file.length, psnrOf(piece.pixels, decoded))
    }
  }
  yield { kind: 'done', isPiece: piece !== source, pixels }
}

/** In dB, of 8-bit samples against a picture of any depth brought to 8 bits. */
function psnrOf(before: Raster['pixels'], after: ArrayLike<number>): number {
  const eight = samplesAtDepth(before, 8)
  let sum = 0
  for (let i = 0; i < eight.length; i++) sum += (eight[i]! - after[i]!) ** 2
  return 10 * Math.log10((255 * 255 * eight.length) / sum)
}
