import { join } from 'node:path'
import type { ComputeMode } from '../../../main/engine/compile/compile.ts'
import { type NamedTensors, type Tensor, tf } from '../../../main/engine/tensorflow.ts'
import { readCard, readWeights } from '../../../main/models/card.ts'
import { compiledNetwork } from '../../../main/models/compiled-network.ts'
import { parametersFromFile } from '../../../main/models/layers/parameters.ts'
import type { Network } from '../../../main/models/model.ts'
import { architecture } from '../../../main/models/zoo.ts'
import { projectRoot } from '../../../main/platform/folders.ts'
import type { Prepared } from './workloads.ts'

/** 12 megapixels, as phones and older cameras take them. */
export const photoSize = { width: 4240, height: 2832 }

/** A tile's sides, in the unit that its pass wants. */
type Sides = readonly [height: number, width: number]

/** A bundled model that makes one pass over a photo's tiles in each way of computing. */
export async function bundledPasses(
  id: string,
  tiles: readonly Sides[],
  pass: (network: Network, parameters: NamedTensors, tile: Sides) => void,
): Promise<(mode: ComputeMode) => Prepared> {
  const folder = join(projectRoot, 'assets/models', id)
  const card = await readCard(folder)
  const model = architecture(card.architecture.id)
  const options = model.options.parse(card.architecture.options)
  const stored = await readWeights(folder, card)
  const tensors = model.unpack ? model.unpack(stored, options) : stored
  return (mode) => {
    const parameters = parametersFromFile(model.parameters(options), tensors, folder)
    const network = compiledNetwork(model.build(options), mode)
    const each = (some: Iterable<Sides>) => {
      for (const tile of some) pass(network, parameters, tile)
    }
    return {
      run: () => each(tiles),
      warmUp: () => each(new Map(tiles.map((tile) => [String(tile), tile])).values()),
      dispose() {
        network.dispose()
        tf.dispose(parameters)
      },
    }
  }
}

/** A picture of one value, made in JavaScript as a photo's tile is. */
export function greyTensor(shape: readonly [number, number, number, number]): Tensor {
  const size = shape.reduce((product, side) => product * side)
  return tf.tensor4d(new Float32Array(size).fill(0.5), [...shape])
}
