import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import {
  generate,
  generateByClass,
  keepGenerated,
  type PriorKind,
  priorOf,
} from '../../core/latents/generate.ts'
import { findModel } from '../../core/model-library.ts'
import { type Context, withCore } from '../context.ts'
import { whole, within } from './batch-options.ts'
import { addSourceOptions, collectNamed, type SourceOptions } from './latents/source.ts'

interface GenerateOptions extends SourceOptions {
  prior?: PriorKind
  parts: number
  byClass?: boolean
  count: number
  seed: number
  temperature: number
  output: string
  saveAs?: string
}

export function addGenerate(program: Command): void {
  addSourceOptions(program.command('generate [paths...]'))
    .description("decode random codes: from a vae's own prior, or from one fitted to the codes of images")
    .addOption(
      new Option(
        '--prior <kind>',
        'where codes are drawn: normal (vae), or fitted: gaussian, mixture',
      ).choices([...['normal', 'gaussian', 'mixture']]),
    )
    .option('--parts <n>', 'normal distributions in a mixture', whole(1, 500), 10)
    .option('--by-class', 'a prior for each label, as many images of each')
    .option('--count <n>', 'how many images', whole(1, 1e6), 64)
    .option('--seed <n>', 'the same seed gives the same images', whole(0, 2 ** 40), 0)
    .option(
      '--temperature <n>',
      'deviations are multiplied by it: below 1 tamer, above 1 wilder',
      within(0, 10),
      1,
    )
    .option('-o, --output <file>', 'the picture', 'generated.png')
    .option(
      '--save-as <name>',
      'also keep them as a data set: NAME-images-idx3-ubyte, with labels where --by-class',
    )
    .addHelpText(
      'after',
      `
Examples:
  hourglass generate --model my-vae
  hourglass generate t10k-images-idx3-ubyte.gz --to 8000 --model digits --prior mixture --count 1000 --save-as drawn
  hourglass train --model conv --images t10k-images-idx3-ubyte.gz --extra drawn-images-idx3-ubyte --epochs 30`,
    )
    .action((paths: string[], _, self: Command) => {
      const options = self.optsWithGlobals<GenerateOptions>()
      return withCore(options, (context) => run(context, paths, options))
    })
}

async function run(context: Context, paths: string[], options: GenerateOptions): Promise<void> {
  const { core, out, signal } = context
  const model = findModel(core.catalog, options.model)
  const isNamed = paths.length > 0 || options.dataset !== undefined
  const kind = options.prior ?? (isNamed ? 'gaussian' : 'normal')
  const collection = isNamed || options.byClass ? await collectNamed(context, paths, options) : null
  const draw = { count: options.count, seed: options.seed, temperature: options.temperature, signal }
  const drawn =
    options.byClass && collection
      ? await generateByClass(core, collection, draw)
      : await generate(core, model, priorOf(model, kind, collection, { parts: options.parts, signal }), draw)
  const kept = await keepGenerated(model, drawn, {
    picture: resolve(options.output),
    dataset: options.saveAs === undefined ? undefined : resolve(options.saveAs),
    ...(options.byClass && collection ? { perRow: collection.labels.length } : {}),
  })
  out.result({ model: model.id, prior: options.byClass ? 'by class' : kind, count: options.count, ...kept })
  out.text(`${options.count} images: ${kept.picture}`)
  if (kept.images) out.text(`as a data set: ${[kept.images, kept.labels].filter(Boolean).join(', ')}`)
}
