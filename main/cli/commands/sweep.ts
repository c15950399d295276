import { resolve } from 'node:path'
import type { Command } from 'commander'
import { AppError } from '../../../shared/errors.ts'
import { parseRange, type Range } from '../../../shared/sweep-range.ts'
import type { Job } from '../../catalog/job.ts'
import type { Core } from '../../core/core.ts'
import { checkSweep, type SweepInput, sweepInput, sweepOf } from '../../core/sweep/input.ts'
import { addSweep, findSweep, runSweep } from '../../core/sweep/sweep.ts'
import { type SweepTable, sweepTable } from '../../core/sweep/table.ts'
import { type Context, type GlobalOptions, withCore } from '../context.ts'
import { type Output, parseAssignments, table } from '../output.ts'
import { whole, within } from './batch-options.ts'

interface SweepOptions extends GlobalOptions {
  model: string
  images?: string[]
  validationList?: string
  name?: string
  resume?: string
  show?: string
  try: string[]
  set: string[]
  trials?: number
  seed: number
  epochs: number
  minEpochs: number
  eta: number
  by?: string
}

const repeated = (pair: string, all: string[]) => [...all, pair]

export function addSweepCommand(program: Command): void {
  program
    .command('sweep')
    .description('try several architectures and settings, stop the hopeless early (ASHA), and name the best')
    .option(
      '--model <architecture>',
      'dense, conv, vae, denoiser, restorer or codec; or --try model=conv,vae',
      'conv',
    )
    .option('--images <paths...>', 'as for train')
    .option('--validation-list <file>', 'as for train')
    .option('--name <id>', 'name of the sweep; its trials are runs NAME-1, NAME-2 ...')
    .option('--try <name=values>', 'a setting to try: a,b,c or low..high; may be repeated', repeated, [])
    .option('--set <name=value>', 'a setting of every trial; may be repeated', repeated, [])
    .option('--trials <n>', 'draw so many at random; all combinations without it', whole(1, 1000))
    .option('--seed <n>', 'of the draws', whole(0, 2 ** 52), 0)
    .option('--epochs <n>', 'of the best trials', within(1, 100_000), 27)
    .option('--min-epochs <n>', 'of every trial', within(1, 100_000), 3)
    .option('--eta <n>', 'of so many trials one goes on, so many times as long', within(2, 10), 3)
    .option('--by <figure>', 'compare by this figure of the validation, such as mse or psnr25_dB')
    .option('--resume <name>', 'go on with a sweep that was stopped')
    .option('--show <name>', 'what a sweep has found')
    .addHelpText(
      'after',
      `
Examples:
  hourglass sweep --name s --model conv --images t10k-images-idx3-ubyte.gz --try code=8,16,32 --try 'widths=[16,32]|[8,16]'
  hourglass sweep --name r --images t10k-images-idx3-ubyte.gz --try model=dense,conv,vae --try learningRate=0.0005..0.005 --trials 12
  hourglass sweep --resume r`,
    )
    .action((_, self: Command) => {
      const options = self.optsWithGlobals<SweepOptions>()
      return withCore(options, (context) => sweep(context, options))
    })
}

async function sweep({ core, out, signal }: Context, options: SweepOptions): Promise<void> {
  if (options.show !== undefined)
    return report(out, sweepTable(core.catalog, findSweep(core, options.show).id))
  const job =
    options.resume === undefined ? await added(core, inputOf(options)) : findSweep(core, options.resume)
  await workOn({ core, out, signal }, job)
}

/** Works through a sweep, telling how it goes, and says what was found. */
export async function workOn({ core, out, signal }: Context, job: Job): Promise<void> {
  const { id } = sweepInput.parse(job.input)
  const found = await runSweep(core, job, {
    signal,
    onTrial: (text) => {
      out.done()
      console.error(text)
    },
    onProgress: (run, progress) => {
      if (progress.kind === 'steps')
        out.status(`${run}  step ${progress.latest.step}  loss ${progress.latest.loss.toPrecision(4)}`)
    },
  })
  out.done()
  report(out, found)
  if (found.status === 'done') return
  out.text(`Stopped; go on with: hourglass sweep --resume ${id}`)
  process.exitCode = 130
}

async function added(core: Core, input: SweepInput): Promise<Job> {
  await checkSweep(core, input)
  return addSweep(core, input)
}

function inputOf(options: SweepOptions): SweepInput {
  if (!options.images?.length)
    throw new AppError('bad-input', 'sweep needs --images PATH... (or --resume NAME, or --show NAME)')
  const { model, ...tries } = Object.fromEntries(options.try.map(rangeOf))
  return sweepOf({
    ...{ id: options.name ?? `sweep-${new Date().toISOString().slice(0, 19).replaceAll(/[:T]/g, '-')}` },
    models: model && 'values' in model ? model.values.map(String) : [options.model],
    ...{ tries, trials: options.trials ?? 'grid', seed: options.seed, eta: options.eta, by: options.by },
    ...{ minEpochs: options.minEpochs, maxEpochs: options.epochs },
    images: options.images.map((path) => resolve(path)),
    validationList: options.validationList ? resolve(options.validationList) : null,
    given: parseAssignments(options.set),
  })
}

/** `name=a,b,c`, lists by `|`, or `name=low..high` */
function rangeOf(pair: string): [name: string, range: Range] {
  const equals = pair.indexOf('=')
  if (equals < 1) throw new AppError('bad-input', `--try wants name=a,b,c or name=low..high, got '${pair}'`)
  const name = pair.slice(0, equals)
  return [name, parseRange(`--try ${name}`, pair.slice(equals + 1))]
}

function report(out: Output, found: SweepTable): void {
  out.result(found)
  const names = [...new Set(found.rows.flatMap(({ settings }) => Object.keys(settings)))]
  out.text(
    table(
      ['run', ...names, 'epochs', found.by, ''],
      found.rows.map(({ run, settings, epochs, figure, status }) => [
        ...[run, ...names.map((name) => JSON.stringify(settings[name]) ?? '-')],
        ...[epochs, figure?.toPrecision(5) ?? '-', status],
      ]),
    ),
  )
  const [best] = found.rows
  if (best?.figure != null)
    out.text(
      `Best by validation: ${best.run}${best.status === 'finished' ? `; its model is '${best.run}'` : ''}`,
    )
}
