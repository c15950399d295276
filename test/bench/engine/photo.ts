import { join } from 'node:path'
import { denoiseTiles } from '../../../main/core/denoise.ts'
import type { ComputeMode } from '../../../main/engine/compile/compile.ts'
import { type Tensor4D, tf } from '../../../main/engine/tensorflow.ts'
import { tilePlan } from '../../../main/imaging/tiles.ts'
import { readCard, readWeights } from '../../../main/models/card.ts'
import { compiledNetwork } from '../../../main/models/compiled-network.ts'
import { denoiser } from '../../../main/models/denoiser/denoiser.ts'
import { parametersFromFile } from '../../../main/models/layers/parameters.ts'
import { projectRoot } from '../../../main/platform/folders.ts'
import type { EngineWorkload } from './workloads.ts'

/** 12 megapixels, as phones and older cameras take them. */
const size = { width: 4240, height: 2832 }

/** The bundled denoiser on a photo's tiles, as `hourglass denoise` cuts them; pixels in and out of JavaScript. */
export async function photoWorkload(): Promise<EngineWorkload> {
  const folder = join(projectRoot, 'assets/models/denoiser')
  const card = await readCard(folder)
  const options = denoiser.options.parse(card.architecture.options)
  const stored = await readWeights(folder, card)
  const tiles = tilePlan(size.width, size.height, denoiseTiles).rows.flat()
  return {
    name: 'photo',
    title: `denoiser, ${((size.width * size.height) / 1e6).toFixed(0)} megapixels in ${tiles.length} tiles`,
    flop: 0,
    mean: null,
    sizes: tiles.map(({ input }) => [input.height, input.width] as const),
    prepare(mode: ComputeMode) {
      const parameters = parametersFromFile(denoiser.parameters(options), stored, folder)
      const network = compiledNetwork(denoiser.build(options), mode)
      return {
        run() {
          for (const { input } of tiles) {
            tf.tidy(() => {
              const pixels = new Float32Array(input.width * input.height * 3).fill(0.5)
              const noisy = tf.tensor4d(pixels, [1, input.height, input.width, 3]) as Tensor4D
              network.denoise!(parameters, noisy, tf.tensor1d([15 / 255])).dataSync()
            })
          }
        },
        dispose() {
          network.dispose()
          tf.dispose(parameters)
        },
      }
    },
  }
}
