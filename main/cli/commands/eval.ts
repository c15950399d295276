import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { PassCount } from '../../../shared/contract/denoise.ts'
import { AppError } from '../../../shared/errors.ts'
import { evaluateDenoiser, evaluateReconstruction } from '../../core/evaluate.ts'
import { findModel, refOf } from '../../core/model-library.ts'
import { evaluateRestorer } from '../../core/restore/evaluate-restorer.ts'
import { findImages } from '../../imaging/find.ts'
import { type Context, type GlobalOptions, withCore } from '../context.ts'
import { table } from '../output.ts'
import { passesOption, whole } from './batch-options.ts'

interface EvalOptions extends GlobalOptions {
  model: string
  sigma: string[]
  clip?: boolean
  seed: number
  recursive?: boolean
  trainingCount: number
  passes: PassCount
}

export function addEval(program: Command): void {
  program
    .command('eval <paths...>')
    .description(
      'measure a model: a denoiser on clean photos with added noise, a restorer on damaged ones, others on an IDX file',
    )
    .option('--model <id>', 'which model', 'denoiser')
    .option('--sigma <n...>', 'noise levels, of 255', ['15', '25', '50'])
    .option('--clip', 'clip and round the noisy pictures to 8 bits')
    .option('--seed <n>', 'of the noise', whole(0, 2 ** 52), 0)
    .addOption(passesOption())
    .option('-r, --recursive', 'go into folders below folders')
    .option('--training-count <n>', 'IDX: the first so many were trained on', whole(1, 1e9), 8000)
    .addHelpText(
      'after',
      `
Examples:
  hourglass eval kodak/ --model denoiser
  hourglass eval t10k-images-idx3-ubyte.gz --model digits`,
    )
    .action((paths: string[], _, self: Command) => {
      const options = self.optsWithGlobals<EvalOptions>()
      return withCore(options, (context) => evaluate(context, paths, options))
    })
}

async function evaluate(context: Context, paths: string[], options: EvalOptions): Promise<void> {
  const model = findModel(context.core.catalog, options.model)
  if (model.task === 'denoise') return evaluatePhotos(context, paths, options)
  if (model.task === 'restore') return evaluateLost(context, paths, options)
  if (paths.length !== 1) throw new AppError('bad-input', `model '${model.id}' is measured on one IDX file`)
  const { core, out } = context
  const figures = await evaluateReconstruction(core, refOf(model), resolve(paths[0]), options.trainingCount)
  out.result({ model: model.id, ...figures })
  const { count, codeLength, mse, pcaMse } = figures
  out.text(`${count} held-out images, a code of ${codeLength} numbers, mean squared error per pixel:`)
  out.text(
    table(
      ['code', 'error'],
      [
        [model.id, mse.toFixed(5)],
        [`PCA, ${codeLength} components`, pcaMse.toFixed(5)],
      ],
    ),
  )
}

async function evaluatePhotos(
  { core, out, signal }: Context,
  paths: string[],
  options: EvalOptions,
): Promise<void> {
  const model = findModel(core.catalog, options.model)
  const pictures = await findImages(paths, { recursive: options.recursive ?? false })
  const sigmas255 = options.sigma.map(Number)
  if (!sigmas255.every((sigma) => sigma > 0 && sigma <= 255)) {
    throw new AppError('bad-input', `--sigma wants numbers above 0 up to 255, got ${options.sigma.join(' ')}`)
  }
  const onProgress = (done: number, total: number) => out.status(`${done} of ${total}`)
  const rows = await evaluateDenoiser(
    core,
    refOf(model),
    pictures.map(({ path }) => path),
    {
      ...{ sigmas255, clipped: options.clip ?? false, seed: options.seed, signal, onProgress },
      passes: options.passes,
    },
  )
  out.done()
  out.result({ model: model.id, pictures: pictures.length, clipped: options.clip ?? false, rows })
  out.text(
    `${pictures.length} pictures, Gaussian noise, ${options.clip ? 'clipped to 8 bits' : 'not clipped'}; PSNR in dB, 8-bit results`,
  )
  out.text(
    table(
      ['sigma', 'noisy', 'level known', 'level estimated', 'estimate', 'SSIM noisy', 'SSIM'],
      rows.map((row) => [
        ...[row.sigma255, row.noisyPsnr.toFixed(2), row.psnr.toFixed(2), row.estimatedPsnr.toFixed(2)],
        ...[row.estimatedSigma255.toFixed(2), row.noisySsim.toFixed(4), row.ssim.toFixed(4)],
      ]),
    ),
  )
}

async function evaluateLost(
  { core, out, signal }: Context,
  paths: string[],
  options: EvalOptions,
): Promise<void> {
  const model = findModel(core.catalog, options.model)
  const pictures = await findImages(paths, { recursive: options.recursive ?? false })
  const onProgress = (done: number, total: number) => out.status(`${done} of ${total}`)
  const rows = await evaluateRestorer(
    core,
    refOf(model),
    pictures.map(({ path }) => path),
    { seed: options.seed, signal, onProgress },
  )
  out.done()
  out.result({ model: model.id, pictures: pictures.length, rows })
  out.text(`${pictures.length} pictures, PSNR in dB over the lost pixels alone, 8-bit results`)
  out.text(
    table(
      ['damage', 'lost (%)', 'smooth', 'biharmonic', model.id],
      rows.map((row) => [
        ...[row.damage, row.lostPercent.toFixed(1), row.smooth.toFixed(2), row.biharmonic.toFixed(2)],
        row.model.toFixed(2),
      ]),
    ),
  )
}
