import { dirname, join } from 'node:path'
import type { CheckedJob } from '../../../shared/contract/jobs.ts'
import type { Settings } from '../../../shared/contract/settings.ts'
import { AppError } from '../../../shared/errors.ts'
import { findNoiseModel } from '../../../shared/noise/add-noise.ts'
import { resolveParameters } from '../../../shared/noise/model.ts'
import { isWithin } from '../access.ts'
import type { CompressInput } from '../jobs/compress-job.ts'
import type { DecompressInput } from '../jobs/decompress-job.ts'
import type { DenoiseInput } from '../jobs/denoise-job.ts'
import type { NoiseInput } from '../jobs/noise-job.ts'
import type { BatchInput } from '../jobs/picture-batch.ts'
import type { RestoreInput } from '../jobs/restore-job.ts'
import { maskFolder } from '../restore/masks.ts'

/** What the application's queue adds to what the command line stores. */
export interface QueuedInput extends BatchInput {
  /** put into the queue by a window: goes on by itself after a restart */
  readonly isFromWindow: true
  readonly importResults: boolean
}

const folderNames = {
  denoise: 'denoised',
  noise: 'noisy',
  compress: 'compressed',
  decompress: 'decompressed',
  restore: 'restored',
}

/**
 * A batch's stored input from what was asked for and what the settings say.
 * @param folders of its pictures, absolute, each once
 * @param own folders of the application: results of pictures in them go to `results` of its `data`
 */
export function jobInput(
  job: CheckedJob,
  folders: readonly string[],
  settings: Settings,
  { own, data }: { own: readonly string[]; data: string },
): QueuedInput {
  const { output } = job
  const root = commonFolder(folders)
  // Of pictures from here and there, too: what lies above them all may be no place to write to.
  const isOwn = folders.some((folder) => own.some((each) => isWithin(each, folder)))
  const beside = isOwn ? join(data, 'results', folderNames[job.kind]) : join(root, folderNames[job.kind])
  const base: QueuedInput = {
    isFromWindow: true,
    importResults: output.importResults,
    output: output.folder ?? (settings.outputFolder || beside),
    template: output.template ?? settings.templates[job.kind],
    format: output.format ?? settings.format,
    quality: output.quality ?? settings.quality,
    metadata: output.metadata ?? settings.metadata,
    skipExisting: output.existing === 'skip',
    overwrite: output.existing === 'replace',
    concurrency: 1,
    root,
    relativePaths: {},
  }
  if (job.kind === 'denoise') {
    const { model, sigma255, blend, passes } = job.settings
    const input: QueuedInput & DenoiseInput = { ...base, model, sigma: sigma255 ?? 'auto', ...blend, passes }
    return input
  }
  if (job.kind === 'noise') {
    const { model: noise, parameters, seed, bits } = job.settings
    const { id, parameters: known } = findNoiseModel(noise)
    resolveParameters(id, known, parameters) // once, not for every picture
    const input: QueuedInput & NoiseInput = { ...base, noise, parameters, seed, bits, seedByName: true }
    return input
  }
  if (job.kind === 'compress') {
    const { model, target, effort } = job.settings
    const input: QueuedInput & CompressInput = { ...base, model, target, effort }
    return input
  }
  if (job.kind === 'restore') {
    const { method, mask } = job.settings
    const path = join(maskFolder(data), `${mask}.png`)
    const input: QueuedInput & RestoreInput = { ...base, method, missing: { kind: 'mask', path } }
    return input
  }
  const input: QueuedInput & DecompressInput = { ...base, region: null, longestSide: null }
  return input
}

/** The deepest folder that holds all of them. */
function commonFolder([first, ...others]: readonly string[]): string {
  if (first === undefined) throw new AppError('bad-input', 'a job needs at least one picture')
  let common = first
  for (const folder of others) {
    while (!isWithin(common, folder)) common = dirname(common)
  }
  return common
}
