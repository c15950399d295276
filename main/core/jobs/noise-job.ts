import { fnv1a } from '../../../shared/maths/hash.ts'
import { psnr } from '../../../shared/metrics/psnr.ts'
import { addNoise } from '../../../shared/noise/add-noise.ts'
import { clip, quantise } from '../../../shared/noise/steps.ts'
import { blankLike } from '../../imaging/raster.ts'
import { readImage } from '../../imaging/read.ts'
import { rasterTile, setTile } from '../../imaging/tile-pixels.ts'
import type { BatchInput, PictureWork } from './picture-batch.ts'
import { depthFor, formatFor, writeResult } from './picture-output.ts'

export interface NoiseInput extends BatchInput {
  readonly noise: string
  readonly parameters: Readonly<Record<string, number | string>>
  readonly seed: number
  /** quantise to so many bits after clipping; null: to what the file holds */
  readonly bits: number | null
}

/**
 * Adds noise to one picture of a batch. Each picture has a stream of its own, from the seed and its path below the
 * named folder, so that a batch gives what its pictures give one by one.
 */
export const noiseWork: PictureWork<NoiseInput> = async (path, input, { signal, target, decide }) => {
  const source = await readImage(path, { signal })
  const { width, height } = source
  const format = formatFor(input.format, path, source.depth)
  const output = target({ model: input.noise, width, height }, format)
  const decision = await decide(output)
  if (decision === 'skip') return 'skipped'
  const whole = { x: 0, y: 0, width, height }
  const clean = rasterTile(source, whole)
  const seed = [input.seed, fnv1a(input.relativePaths[path] ?? path)]
  const clipped = clip(addNoise(clean, { model: input.noise, parameters: input.parameters, seed }))
  const noisy = input.bits === null ? clipped : quantise(clipped, input.bits)
  const result = blankLike(source, depthFor(format, source.depth))
  setTile(result, whole, noisy)
  const written = await writeResult(output, result, format, input, { decision, signal })
  return {
    output,
    facts: {
      psnr_dB: psnr(noisy, clean),
      ...written,
    },
  }
}
