import type { Command } from 'commander'
import { findNoiseModel } from '../../../shared/noise/add-noise.ts'
import { resolveParameters } from '../../../shared/noise/model.ts'
import { noiseModels } from '../../../shared/noise/models.ts'
import { noiseWork } from '../../core/jobs/noise-job.ts'
import { runPictureBatch } from '../../core/jobs/picture-batch.ts'
import { withCore } from '../context.ts'
import { parseAssignments } from '../output.ts'
import {
  addBatchOptions,
  type BatchOptions,
  batchInput,
  batchProgress,
  findPictures,
  reportBatch,
  whole,
  within,
} from './batch-options.ts'

interface NoiseOptions extends BatchOptions {
  model: string
  set: string[]
  seed: number
  bits?: number
}

export function addNoiseCommand(program: Command): void {
  const models = [...noiseModels.values()].map(({ id, description, parameters }) => {
    const names = parameters.map((parameter) =>
      parameter.kind === 'number' && parameter.unit
        ? `${parameter.name} (${parameter.unit})`
        : parameter.name,
    )
    return `  ${id.padEnd(16)} ${description} [${names.join(', ')}]`
  })
  const command = program
    .command('noise <paths...>')
    .description('save noisy copies of photos, repeatable by their seed')
    .option('--model <id>', 'noise model, see below', 'gaussian')
    .option(
      '--set <name=value>',
      'a parameter of the model; may be repeated',
      (pair: string, all: string[]) => [...all, pair],
      [],
    )
    .option('--seed <n>', 'the same seed gives the same bytes', whole(0, 2 ** 52), 0)
    .option('--bits <n>', 'quantise to so many bits', within(1, 16))
  addBatchOptions(command, 'noisy', '{folder}/{name}-{model}{ext}')
    .addHelpText(
      'after',
      `
Examples:
  hourglass noise lake.jpg --set sigma255=25 --seed 7 --format png
  hourglass noise photos/ --model iso --set iso=3200 --output noisy
Noise models [parameters]:
${models.join('\n')}`,
    )
    .action((paths: string[], _, self: Command) => noise(paths, self.optsWithGlobals<NoiseOptions>()))
}

async function noise(paths: string[], options: NoiseOptions): Promise<void> {
  const started = performance.now()
  await withCore(options, async ({ core, out, signal }) => {
    const { model, seed, bits = null, recursive = false } = options
    const parameters = parseAssignments(options.set) as Record<string, number | string>
    const { id, parameters: known } = findNoiseModel(model)
    resolveParameters(id, known, parameters) // once, not for every picture
    const pictures = await findPictures(paths, recursive, options)
    const input = { ...batchInput('noise', options), noise: model, parameters, seed, bits }
    const run = { signal, onProgress: batchProgress(out) }
    const report = await runPictureBatch(core, 'noise', input, pictures, noiseWork(core), run)
    for (const { facts, output } of report.items) {
      if (facts)
        out.text(
          `${output}  ${Number(facts.psnr_dB).toFixed(2)} dB against the original${facts.warning ? `  ${facts.warning}` : ''}`,
        )
    }
    reportBatch(out, report, started)
  })
}
