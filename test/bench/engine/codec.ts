import { codeGrid, latentRect, latentSide, tileInput, tileRect, withRim } from '../../../main/code/grid.ts'
import { readFloats, type Tensor, tf } from '../../../main/engine/tensorflow.ts'
import { bundledPasses, greyTensor, photoSize } from './bundled.ts'
import type { EngineWorkload } from './workloads.ts'

const grid = codeGrid(photoSize.width, photoSize.height)
const tiles = Array.from({ length: grid.rows * grid.columns }, (_, tile) => tile)
const title = (what: string) => `codec, ${what}, 12 megapixels in ${tiles.length} tiles`

/**
 * The bundled codec's transforms on a photo's tiles, as `hourglass compress` and `decompress` cut them: pixels to
 * latents and hyper-latents, latents to pixels, in and out of JavaScript. Entropy coding is not in them.
 */
export async function codecWorkloads(): Promise<EngineWorkload[]> {
  const inputs = tiles.map((tile) => tileInput(grid, tile))
  const rims = tiles.map((tile) => withRim(grid, latentRect(tileRect(grid, tile))))
  const common = { flop: 0, mean: null, long: true } as const
  return [
    {
      ...common,
      name: 'codec-analysis',
      title: title('analysis'),
      sizes: inputs.map(({ width, height }) => [height, width] as const),
      prepare: await bundledPasses('codec', ({ encode }, parameters) => {
        for (const { width, height } of inputs) {
          const code = tf.tidy(() => encode(parameters, greyTensor([1, height, width, 3])))
          for (const part of Object.values(code)) readAndFree(part)
        }
      }),
    },
    {
      ...common,
      name: 'codec-synthesis',
      title: title('synthesis'),
      sizes: rims.map(({ width, height }) => [height * latentSide, width * latentSide] as const),
      prepare: await bundledPasses('codec', ({ decode }, parameters) => {
        const channels = parameters['synthesis.0.weight']!.shape[3]!
        for (const { width, height } of rims)
          readFloats(() => decode(parameters, { latents: greyTensor([1, height, width, channels]) }))
      }),
    },
  ]
}

function readAndFree(tensor: Tensor): void {
  tensor.dataSync()
  tensor.dispose()
}
