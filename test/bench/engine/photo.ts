import { denoiseTiles } from '../../../main/core/denoise.ts'
import { readFloats, type Tensor4D, tf } from '../../../main/engine/tensorflow.ts'
import { tilePlan } from '../../../main/imaging/tiles.ts'
import { bundledPasses, greyTensor, photoSize } from './bundled.ts'
import type { EngineWorkload } from './workloads.ts'

/** The bundled denoiser on a photo's tiles, as `hourglass denoise` cuts them; pixels in and out of JavaScript. */
export async function photoWorkload(): Promise<EngineWorkload> {
  const { width, height } = photoSize
  const tiles = tilePlan(width, height, denoiseTiles).rows.flat()
  const sizes = tiles.map(({ input }) => [input.height, input.width] as const)
  return {
    name: 'photo',
    title: `denoiser, ${((width * height) / 1e6).toFixed(0)} megapixels in ${tiles.length} tiles`,
    ...{ flop: 0, mean: null, long: true, sizes },
    prepare: await bundledPasses('denoiser', sizes, ({ denoise }, parameters, size) => {
      readFloats(() => denoise!(parameters, greyTensor([1, ...size, 3]) as Tensor4D, tf.tensor1d([15 / 255])))
    }),
  }
}
