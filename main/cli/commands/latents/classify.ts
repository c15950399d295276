import type { Command } from 'commander'
import { scoreDraws } from '../../../core/latents/draws-help.ts'
import { scoreFeatures } from '../../../core/latents/features.ts'
import { type Context, withCore } from '../../context.ts'
import { table } from '../../output.ts'
import { whole } from '../batch-options.ts'
import { addSourceOptions, collectNamed, type SourceOptions } from './source.ts'

interface ClassifyOptions extends Omit<SourceOptions, 'model'> {
  model: string[]
  trainingCount: number
  labelled?: number
  draws?: number[]
  k: number
  seed: number
}

export function addClassify(latents: Command): void {
  addSourceOptions(latents.command('classify [paths...]'))
    .description(
      'how well held-out images are told apart by their codes, beside raw pixels and PCA of the same size',
    )
    .option(
      '--training-count <n>',
      'so many are learned from (the first of an IDX file; photos are drawn), the rest is held out',
      whole(1, 1e9),
      8000,
    )
    .option('--labelled <n>', 'only the first so many have labels', whole(2, 1e9))
    .option('--draws <n...>', 'with --labelled: add so many drawn images, decoded from priors of each class')
    .option('--k <n>', 'nearest neighbours that vote', whole(1, 1000), 5)
    .option('--seed <n>', 'of clusters and draws', whole(0, 2 ** 40), 0)
    .addHelpText('after', '\n--model may name several models.')
    .action((paths: string[], _, self: Command) => {
      const options = self.optsWithGlobals<ClassifyOptions>()
      return withCore(options, (context) => classify(context, paths, options))
    })
  const command = latents.commands.at(-1)!
  // Several models are compared in one table.
  const option = command.options.find(({ long }) => long === '--model')!
  option.variadic = true
  option.description = 'dense, conv or vae models'
}

async function classify(context: Context, paths: string[], options: ClassifyOptions): Promise<void> {
  const { core, out, signal } = context
  const { trainingCount, labelled, k, seed } = options
  const collections = []
  for (const model of options.model)
    collections.push(await collectNamed(context, paths, { ...options, model }, model))
  const rows = await scoreFeatures(collections, {
    ...{ trainingCount, labelled, k, seed, signal },
    onProgress: (_, step) => out.status(`classifying by ${step}`),
  })
  const draws = (options.draws ?? []).map(Number)
  const added =
    labelled && draws.length > 0
      ? await scoreDraws(core, collections[0]!, {
          trainingCount,
          labelled,
          draws: [0, ...draws],
          seed,
          signal,
        })
      : []
  out.done()
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`
  out.result({ trainingCount, labelled: labelled ?? trainingCount, k, rows, draws: added })
  const [{ items, labels }] = collections as [(typeof collections)[0]]
  out.text(`${items.length - trainingCount} held-out images, ${labelled ?? trainingCount} labels known`)
  out.text(
    table(
      ['features', 'numbers', `${k} nearest`, 'logistic', 'mutual information of clusters'],
      rows.map((row) => [
        ...[
          row.features,
          row.length,
          percent(row.neighbours),
          percent(row.logistic),
          row.clusters.toFixed(3),
        ],
      ]),
    ),
  )
  const last = rows.at(-1)!
  out.text(`\n${last.features}: true label (row) and what the nearest neighbours say (column)`)
  out.text(
    table(
      ['', ...labels],
      last.confusion.map((row, i) => [labels[i]!, ...row]),
    ),
  )
  if (added.length === 0) return
  out.text(
    `\nwith images drawn from each class's prior, fitted to its labelled codes (model ${options.model[0]})`,
  )
  out.text(
    table(
      ['features', 'drawn images', '5 nearest', 'logistic'],
      added.map((row) => [row.features, row.draws, percent(row.neighbours), percent(row.logistic)]),
    ),
  )
}
