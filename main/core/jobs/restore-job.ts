import { AppError } from '../../../shared/errors.ts'
import { psnr } from '../../../shared/metrics/psnr.ts'
import { blankLike } from '../../imaging/raster.ts'
import { readImage } from '../../imaging/read.ts'
import { rasterTile, setTile } from '../../imaging/tile-pixels.ts'
import type { Core } from '../core.ts'
import { findModel, refOf } from '../model-library.ts'
import { findMissing, type MissingSource } from '../restore/missing.ts'
import { type RestoreMethod, restoreImage } from '../restore/restore-image.ts'
import type { BatchInput, PictureWork } from './picture-batch.ts'
import { depthFor, formatFor, writeResult } from './picture-output.ts'

export interface RestoreInput extends BatchInput {
  /** `biharmonic`, `smooth`, or a model */
  readonly method: string
  readonly missing: MissingSource
}

/** @throws AppError `not-found`, `bad-input` for a model of another task */
export function restoreMethod(core: Core, name: string): RestoreMethod {
  if (name === 'biharmonic' || name === 'smooth') return name
  const model = findModel(core.catalog, name)
  if (model.task === 'restore') return refOf(model)
  throw new AppError('bad-input', `model '${name}' is for '${model.task}', not for restoring`)
}

/** Fills the lost pixels of one picture of a batch. */
export function restoreWork(core: Core, method: string): PictureWork<RestoreInput> {
  const chosen = restoreMethod(core, method)
  return async (path, input, { signal, target, decide, progress }) => {
    const started = performance.now()
    const source = await readImage(path, { signal })
    const { width, height } = source
    const format = formatFor(input.format, path, source.depth)
    const output = target({ model: method, width, height }, format)
    const decision = await decide(output)
    if (decision === 'skip') return 'skipped'
    const missing = await findMissing(source, input.missing, signal)
    const whole = { x: 0, y: 0, width, height }
    const image = rasterTile(source, whole)
    const restored = await restoreImage(core.inference, chosen, image, missing, {
      signal,
      onProgress: progress,
    })
    const result = blankLike(source, depthFor(format, source.depth))
    setTile(result, whole, restored)
    const written = await writeResult(output, result, format, input, { decision, signal })
    const lost = missing.reduce((sum, value) => sum + value, 0)
    return {
      output,
      facts: {
        lostPercent: (100 * lost) / missing.length,
        // Only where the damage was done here is it known what was lost.
        ...(input.missing.kind === 'damage'
          ? { lostPsnr_dB: lostPsnr(restored.data, image.data, missing) }
          : {}),
        seconds: (performance.now() - started) / 1000,
        ...written,
      },
    }
  }
}

/** PSNR over the lost pixels alone, of an 8-bit result. */
export function lostPsnr(restored: Float32Array, original: Float32Array, missing: Uint8Array): number {
  const channels = restored.length / missing.length
  const pick = (values: Float32Array) => values.filter((_, i) => missing[Math.floor(i / channels)] === 1)
  const as8Bit = (value: number) => Math.round(Math.min(1, Math.max(0, value)) * 255) / 255
  const image = (data: Float32Array) => ({ width: data.length, height: 1, channels: 1 as const, data })
  return psnr(image(pick(restored).map(as8Bit)), image(pick(original)))
}
