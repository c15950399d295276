import { basename } from 'node:path'
import { fnv1a } from '../../../shared/maths/hash.ts'
import { samplesAtDepth } from '../../imaging/raster.ts'
import { readImage } from '../../imaging/read.ts'
import type { Core } from '../core.ts'
import { type BatchInput, type PictureWork, relativePathOf } from './picture-batch.ts'
import { depthFor, formatFor, writeResult } from './picture-output.ts'

export interface NoiseInput extends BatchInput {
  readonly noise: string
  readonly parameters: Readonly<Record<string, number | string>>
  readonly seed: number
  /** quantise to so many bits after clipping; null: to what the file holds */
  readonly bits: number | null
  /** a picture's stream comes from its file's name alone, as a window shows it before it is saved */
  readonly seedByName?: boolean
}

/** The stream of one picture of a batch: from the batch's seed and the picture's path below the named folder. */
export function pictureSeed(seed: number, relativePath: string): number[] {
  return [seed, fnv1a(relativePath)]
}

/**
 * Adds noise to one picture of a batch. Each picture has a stream of its own, so that a batch gives what its pictures
 * give one by one.
 */
export function noiseWork({ pixels }: Pick<Core, 'pixels'>): PictureWork<NoiseInput> {
  return async (path, input, { signal, target, decide }) => {
    const source = await readImage(path, { signal })
    const { width, height, channels } = source
    const format = formatFor(input.format, path, source.depth)
    const output = target({ model: input.noise, width, height }, format)
    const decision = await decide(output)
    if (decision === 'skip') return 'skipped'
    const depth = depthFor(format, source.depth)
    const { noise: model, parameters, bits } = input
    const named = input.seedByName ? basename(path) : relativePathOf(input, path)
    const seed = pictureSeed(input.seed, named)
    const request = { width, height, channels, pixels: source.pixels, model, parameters, seed, bits, depth }
    const { noisy, psnrDb } = await pixels.call('noise', request, { signal })
    const alpha = source.alpha && samplesAtDepth(source.alpha, depth)
    const result = { ...source, depth, pixels: noisy, alpha }
    const written = await writeResult(output, result, format, input, { decision, signal })
    return { output, facts: { psnr_dB: psnrDb, ...written } }
  }
}
