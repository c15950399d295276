import type { Command } from 'commander'
import { addClassify } from './classify.ts'
import { addClusters } from './clusters.ts'
import { addInterpolate, addTraverse } from './interpolate.ts'
import { addMap } from './map.ts'
import { addNeighbours } from './neighbours.ts'

export function addLatents(program: Command): void {
  const latents = program
    .command('latents')
    .description(
      'the codes of a collection: maps, neighbours, clusters, walks between images, classification',
    )
  for (const add of [addMap, addNeighbours, addClusters, addInterpolate, addTraverse, addClassify])
    add(latents)
  latents.addHelpText(
    'after',
    `
Each takes an IDX file, photos, folders of them, or --dataset NAME, and the model that encodes them; codes are kept in
the catalog. Distances on a map of two dimensions mislead: neighbours and clusters are found in the codes themselves.
Examples:
  hourglass latents map t10k-images-idx3-ubyte.gz --labels t10k-labels-idx1-ubyte.gz --model digits --to 2000
  hourglass latents neighbours ~/Pictures -r --model mine --of IMG_0042.jpg
  hourglass latents classify t10k-images-idx3-ubyte.gz --labels t10k-labels-idx1-ubyte.gz --model digits`,
  )
}
