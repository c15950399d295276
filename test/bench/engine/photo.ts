import { denoiseTiles } from '../../../main/core/denoise.ts'
import { readFloats, type Tensor4D, tf } from '../../../main/engine/tensorflow.ts'
import { tilePlan } from '../../../main/imaging/tiles.ts'
import { bundledPasses, greyTensor, photoSize } from './bundled.ts'
import type { EngineWorkload } from './workloads.ts'

/**
 * The bundled denoiser on a photo's tiles, as `hourglass denoise` cuts them; pixels in and out of JavaScript. All tiles
 * are of one size: `photo-tile` is one of them, and takes as much less time as there are.
 */
export async function photoWorkloads(): Promise<EngineWorkload[]> {
  const { width, height } = photoSize
  const tiles = tilePlan(width, height, denoiseTiles).rows.flat()
  const all = tiles.map(({ input }) => [input.height, input.width] as const)
  const what = `${((width * height) / 1e6).toFixed(0)} megapixels in ${tiles.length} tiles`
  const workload = async (name: string, title: string, sizes: typeof all): Promise<EngineWorkload> => ({
    ...{ name, title, flop: 0, mean: null, long: true, sizes },
    prepare: await bundledPasses('denoiser', sizes, ({ denoise }, parameters, size) => {
      readFloats(() => denoise!(parameters, greyTensor([1, ...size, 3]) as Tensor4D, tf.tensor1d([15 / 255])))
    }),
  })
  return [
    await workload('photo', `denoiser, ${what}`, all),
    await workload('photo-tile', `denoiser, one tile of ${what}`, all.slice(0, 1)),
  ]
}
