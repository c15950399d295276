import { resolve } from 'node:path'
import type { Command } from 'commander'
import { AppError } from '../../../shared/errors.ts'
import { denoiseWork } from '../../core/jobs/denoise-job.ts'
import { runPictureBatch } from '../../core/jobs/picture-batch.ts'
import { findModel } from '../../core/model-library.ts'
import { reconstructIdx } from '../../core/reconstruct.ts'
import { findImages } from '../../imaging/find.ts'
import { type Context, type GlobalOptions, withCore } from '../context.ts'
import { reportBatch, whole } from './batch-options.ts'

interface ReconstructCommandOptions extends GlobalOptions {
  model: string
  output: string
  from: number
  count: number
  recursive?: boolean
}

export function addReconstruct(program: Command): void {
  program
    .command('reconstruct <paths...>')
    .description(
      'send images through the waist and back: an IDX file by a dense model, photos by a denoiser told sigma 0',
    )
    .requiredOption('--model <id>', 'which model')
    .option('-o, --output <folder>', 'where results go', 'reconstructed')
    .option('--from <n>', 'IDX: index of the first image', whole(0, 1e9), 8000)
    .option('--count <n>', 'IDX: how many images', whole(1, 1e6), 64)
    .option('-r, --recursive', 'go into folders below folders')
    .addHelpText(
      'after',
      '\nExample:\n  hourglass reconstruct t10k-images-idx3-ubyte.gz --model digits --count 32',
    )
    .action((paths: string[], _, self: Command) => {
      const options = self.optsWithGlobals<ReconstructCommandOptions>()
      return withCore(options, (context) => reconstruct(context, paths, options))
    })
}

async function reconstruct(
  context: Context,
  paths: string[],
  options: ReconstructCommandOptions,
): Promise<void> {
  const { core, out, signal } = context
  const model = findModel(core.catalog, options.model)
  if (model.task === 'denoise') {
    const started = performance.now()
    const pictures = await findImages(paths, { recursive: options.recursive ?? false })
    const input = {
      ...{
        output: resolve(options.output),
        template: '{folder}/{name}-{model}{ext}',
        format: 'same' as const,
      },
      ...{
        metadata: 'all' as const,
        skipExisting: false,
        overwrite: true,
        concurrency: 1,
        relativePaths: {},
      },
      ...{ model: model.id, sigma: 0, strength: 1 },
    }
    const report = await runPictureBatch(core, 'denoise', input, pictures, denoiseWork(core, model.id), {
      signal,
    })
    return reportBatch(out, report, started)
  }
  if (paths.length !== 1)
    throw new AppError('bad-input', `model '${model.id}' reconstructs one IDX file at a time`)
  const output = resolve(options.output, `${model.id}.png`)
  const { from, count } = options
  const result = await reconstructIdx(core, model, resolve(paths[0]), { from, count, output })
  out.result(result)
  out.text(
    `${result.count} images, mean squared error ${result.mse.toFixed(5)}; originals over reconstructions in ${output}`,
  )
}
