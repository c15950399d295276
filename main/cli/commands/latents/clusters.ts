import { type Command, InvalidArgumentError } from 'commander'
import { clustersInThread } from '../../../core/latents/cluster-collection.ts'
import { mutualInformation } from '../../../latents/scores.ts'
import { type Context, withCore } from '../../context.ts'
import { table } from '../../output.ts'
import { whole } from '../batch-options.ts'
import { addSourceOptions, collectNamed, type SourceOptions } from './source.ts'

interface ClustersOptions extends SourceOptions {
  count: number | 'auto'
  seed: number
}

export function addClusters(latents: Command): void {
  addSourceOptions(latents.command('clusters [paths...]'))
    .description('groups of images whose codes are near each other (k-means)')
    .option(
      '--count <n>',
      'how many, or auto: the number from 2 to 12 of the best silhouette',
      countOf,
      'auto',
    )
    .option('--seed <n>', 'the same seed gives the same clusters', whole(0, 2 ** 52), 0)
    .action((paths: string[], _, self: Command) => {
      const options = self.optsWithGlobals<ClustersOptions>()
      return withCore(options, (context) => clusters(context, paths, options))
    })
}

function countOf(text: string): number | 'auto' {
  if (text === 'auto') return text
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1) return count
  throw new InvalidArgumentError("expected 'auto' or a whole number from 1 on")
}

async function clusters(context: Context, paths: string[], options: ClustersOptions): Promise<void> {
  const { out, signal } = context
  const collection = await collectNamed(context, paths, options)
  const { items, labels, points } = collection
  const { count, seed } = options
  const found = await clustersInThread(points, count, { seed, signal })
  const { assignments } = found.clusters
  const truth =
    items.every(({ label }) => label !== null) && labels.length > 1 ? items.map(({ label }) => label!) : null
  const nmi = truth ? mutualInformation(truth, assignments) : null
  out.result({
    ...{ count: found.count, silhouette: found.silhouette, tried: found.tried, nmi },
    items: items.map(({ name }, i) => ({ name, cluster: assignments[i] })),
  })
  const rows = Array.from({ length: found.count }, (_, cluster) => {
    const members = items.filter((_, i) => assignments[i] === cluster)
    const names = members.slice(0, 4).map(({ name }) => name)
    return [cluster + 1, members.length, names.join(', ')]
  })
  out.text(table(['cluster', 'images', 'such as'], rows))
  const agreement = nmi === null ? '' : `; mutual information with the labels ${nmi.toFixed(3)}`
  out.text(`silhouette ${found.silhouette.toFixed(3)}${agreement}`)
}
