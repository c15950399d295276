import { codeGrid, latentRect, latentSide, tileInput, tileRect, withRim } from '../../../main/code/grid.ts'
import { readFloats, type Tensor, tf } from '../../../main/engine/tensorflow.ts'
import type { Rect } from '../../../main/imaging/tiles.ts'
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
  const sidesOf = ({ width, height }: Rect) => [height, width] as const
  const inputs = tiles.map((tile) => sidesOf(tileInput(grid, tile)))
  const rims = tiles.map((tile) => sidesOf(withRim(grid, latentRect(tileRect(grid, tile)))))
  const common = { flop: 0, mean: null, long: true } as const
  return [
    {
      ...{ ...common, name: 'codec-analysis', title: title('analysis'), sizes: inputs },
      prepare: await bundledPasses('codec', inputs, ({ encode }, parameters, size) => {
        const code = tf.tidy(() => encode(parameters, greyTensor([1, ...size, 3])))
        for (const part of Object.values(code)) readAndFree(part)
      }),
    },
    {
      ...{ ...common, name: 'codec-synthesis', title: title('synthesis') },
      sizes: rims.map(([rows, columns]) => [rows * latentSide, columns * latentSide] as const),
      prepare: await bundledPasses('codec', rims, ({ decode }, parameters, size) => {
        const channels = parameters['synthesis.0.weight']!.shape[3]!
        readFloats(() => decode(parameters, { latents: greyTensor([1, ...size, channels]) }))
      }),
    },
  ]
}

function readAndFree(tensor: Tensor): void {
  tensor.dataSync()
  tensor.dispose()
}
