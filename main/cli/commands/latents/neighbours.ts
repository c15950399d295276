import type { Command } from 'commander'
import { searchNearest } from '../../../core/latents/search.ts'
import { pointAt } from '../../../latents/points.ts'
import { type Context, withCore } from '../../context.ts'
import { table } from '../../output.ts'
import { whole } from '../batch-options.ts'
import { addSourceOptions, collectNamed, itemNamed, type SourceOptions } from './source.ts'

interface NeighboursOptions extends SourceOptions {
  of: string
  count: number
}

export function addNeighbours(latents: Command): void {
  addSourceOptions(latents.command('neighbours [paths...]'))
    .description('the images whose codes are nearest to that of one of them')
    .requiredOption('--of <image>', "its name, or an IDX image's index")
    .option('--count <n>', 'how many', whole(1, 10_000), 10)
    .action((paths: string[], _, self: Command) => {
      const options = self.optsWithGlobals<NeighboursOptions>()
      return withCore(options, (context) => neighbours(context, paths, options))
    })
}

async function neighbours(context: Context, paths: string[], options: NeighboursOptions): Promise<void> {
  const { out } = context
  const collection = await collectNamed(context, paths, options)
  const { items, labels, points } = collection
  const index = itemNamed(collection, options.of)
  const { found, by } = searchNearest(points, pointAt(points, index), options.count, index)
  const rows = found.map(({ index: other, distance }) => {
    const { name, path, label } = items[other]!
    return { name, path, label: label === null ? null : labels[label]!, distance }
  })
  out.result({ of: items[index]!.name, by, neighbours: rows })
  out.text(
    table(
      ['image', 'label', 'distance'],
      rows.map(({ name, path, label, distance }) => [path ?? name, label ?? '-', distance.toFixed(4)]),
    ),
  )
}
