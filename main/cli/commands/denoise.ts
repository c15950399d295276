import { type Command, InvalidArgumentError } from 'commander'
import { automaticModel, type PassCount } from '../../../shared/contract/denoise.ts'
import { denoiseWork } from '../../core/jobs/denoise-job.ts'
import { type PictureFacts, runPictureBatch } from '../../core/jobs/picture-batch.ts'
import { withCore } from '../context.ts'
import {
  addBatchOptions,
  type BatchOptions,
  batchInput,
  batchProgress,
  findPictures,
  passesOption,
  reportBatch,
  within,
} from './batch-options.ts'

interface DenoiseOptions extends BatchOptions {
  model: string
  sigma: number | 'auto'
  strength: number
  luminance: number
  chroma: number
  detail: number
  passes: PassCount
}

export function addDenoise(program: Command): void {
  const command = program
    .command('denoise <paths...>')
    .description('remove noise from photos: files, folders, globs')
    .option('--model <id>', 'which model, or auto: by the noise of each photo', automaticModel)
    .option('--sigma <n>', 'noise level, standard deviation of 255, or auto', level, 'auto')
    .option('--strength <n>', 'share of the found noise to take away, 0 to 1', within(0, 1), 1)
    .option('--luminance <n>', 'share of the luminance noise to take away, 0 to 1', within(0, 1), 1)
    .option('--chroma <n>', 'share of the colour noise to take away, 0 to 1', within(0, 1), 1)
    .option(
      '--detail <n>',
      'share of the fine detail lost with the noise to give back, 0 to 1',
      within(0, 1),
      0,
    )
    .addOption(passesOption())
  addBatchOptions(command, 'denoised', '{folder}/{name}-denoised{ext}')
    .addHelpText(
      'after',
      `
Examples:
  hourglass denoise IMG_0042.jpg
  hourglass denoise ~/Pictures/concert --recursive --output ~/Pictures/clean --skip-existing
  hourglass denoise 'scans/*.tif' --sigma 12 --strength 0.8 --format png16 --output-template '{name}-s{sigma}{ext}'
Exit codes: 0 all done, 1 some failed, 2 wrong use, 3 nothing found, 4 set-up, 5 engine, 130 stopped.`,
    )
    .action((paths: string[], _, self: Command) => denoise(paths, self.optsWithGlobals<DenoiseOptions>()))
}

function level(text: string): number | 'auto' {
  if (text === 'auto') return text
  const value = Number(text)
  if (text.trim() !== '' && value >= 0 && value <= 255) return value
  throw new InvalidArgumentError("expected 'auto' or a number from 0 to 255")
}

/** The level in levels of 255; where it was estimated, with the range that four of five true levels lie in. */
function levelText({ sigma255, sigmaLow255, sigmaHigh255, certainty, noise }: PictureFacts): string {
  const one = (value: number | string | undefined) => Number(value).toFixed(1)
  if (certainty === undefined) return `sigma ${one(sigma255)}`
  return `sigma ${one(sigma255)} of 255 (${one(sigmaLow255)} to ${one(sigmaHigh255)}, ${certainty}; ${noise})`
}

async function denoise(paths: string[], options: DenoiseOptions): Promise<void> {
  const started = performance.now()
  await withCore(options, async ({ core, out, signal }) => {
    const { model, sigma, strength, luminance, chroma, detail, passes, recursive = false } = options
    const work = denoiseWork(core, model)
    const pictures = await findPictures(paths, recursive, options)
    const input = {
      ...batchInput('denoise', options),
      model,
      sigma,
      strength,
      luminance,
      chroma,
      detail,
      passes,
    }
    const run = { signal, onProgress: batchProgress(out) }
    const report = await runPictureBatch(core, 'denoise', input, pictures, work, run)
    for (const { facts, output } of report.items) {
      if (!facts) continue
      const { denoiseMegapixelsPerSecond: speed, warning, modelWhy } = facts
      const chosen = modelWhy ? `  ${facts.model}, ${modelWhy}` : ''
      out.text(
        `${output}  ${levelText(facts)}${chosen}  ${Number(speed).toFixed(2)} MP/s${warning ? `  ${warning}` : ''}`,
      )
    }
    reportBatch(out, report, started)
  })
}
