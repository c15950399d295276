import { basename } from 'node:path'
import type { NoiseFacts } from '../../../shared/contract/noise.ts'
import type { PreviewEvent } from '../../../shared/contract/preview.ts'
import { findNoiseModel } from '../../../shared/noise/add-noise.ts'
import { resolveParameters } from '../../../shared/noise/model.ts'
import type { Core } from '../core.ts'
import { pictureSeed } from '../jobs/noise-job.ts'
import { type Pictures, requestKey } from '../pictures/pictures.ts'
import { preview } from './preview.ts'

export interface NoiseRequest {
  readonly image: number
  readonly model: string
  readonly parameters: Readonly<Record<string, number | string>>
  readonly seed: number
  readonly bits: number | null
}

/** A noisy copy as saving it with the same settings gives it. */
export function noisePreview(
  core: Core,
  pictures: Pictures,
  { image, model, parameters, seed, bits }: NoiseRequest,
  signal: AbortSignal,
): AsyncGenerator<PreviewEvent<NoiseFacts>> {
  const { id, parameters: known } = findNoiseModel(model)
  const resolved = resolveParameters(id, known, parameters)
  const request = requestKey('noise', { image, model, resolved, seed, bits })
  return preview(pictures, request, signal, async (steps) => {
    const started = performance.now()
    const { path } = await pictures.find(image)
    const source = await pictures.image(image)
    const { width, height, channels, depth, pixels } = source
    const plain = { width, height, channels, depth, pixels }
    const settings = { model, parameters, seed: pictureSeed(seed, basename(path)), bits }
    const made = await core.pixels.call('noise', { ...plain, ...settings }, { signal: steps.signal })
    steps.begin({ ...source, pixels: made.noisy }, `${pictures.nameOf(image)}-${model}`)
    const { psnrDb, histogram } = made
    return { psnrDb, histogram, seconds: (performance.now() - started) / 1000 }
  })
}
