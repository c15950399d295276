import type { FloatImage } from '../../../shared/image.ts'
import type { Engine } from '../../engine/host.ts'
import { type Rect, tilePlan } from '../../imaging/tiles.ts'
import { denoiseTiles } from '../denoise.ts'
import type { EngineTasks, ModelRef } from '../engine-tasks.ts'
import { type Fill, fillInThread } from './fill.ts'

/** A model, or the fills that need none. */
export type RestoreMethod = ModelRef | Fill

export interface RestoreOptions {
  readonly signal?: AbortSignal | undefined
  /** 0 to 1 */
  readonly onProgress?: ((fraction: number) => void) | undefined
}

/**
 * Fills lost pixels; the others stay as they are. A model works on those tiles alone that hold lost pixels.
 * @param missing 1 where a pixel is lost, width * height bytes
 * @throws AppError `aborted`, `engine`; of biharmonic filling `too-large`, `bad-input`
 */
export async function restoreImage(
  engine: Engine<EngineTasks>,
  method: RestoreMethod,
  image: FloatImage,
  missing: Uint8Array,
  { signal, onProgress }: RestoreOptions = {},
): Promise<FloatImage> {
  if (typeof method === 'string') return fillInThread(method, image, missing, signal)
  const filled = await fillInThread('smooth', image, missing, signal)
  const result = filled.data.slice()
  const { width, height, channels } = image
  const tiles = tilePlan(width, height, denoiseTiles)
    .rows.flat()
    .filter(({ core }) =>
      rows(core).some((y) =>
        missing.subarray(y * width + core.x, y * width + core.x + core.width).includes(1),
      ),
    )
  for (const [done, { core, input }] of tiles.entries()) {
    const sigma = new Float32Array(input.width * input.height)
    const noisy = new Float32Array(sigma.length * 3)
    for (const [row, y] of rows(input).entries()) {
      const from = y * width + input.x
      sigma.set(missing.subarray(from, from + input.width), row * input.width)
      for (let i = 0; i < input.width * 3; i++) {
        noisy[row * input.width * 3 + i] =
          filled.data[from * channels + (channels === 3 ? i : Math.floor(i / 3))]!
      }
    }
    const request = { model: method, width: input.width, height: input.height, noisy, sigma }
    const found = await engine.call('denoise', request, { signal })
    for (const y of rows(core)) {
      for (let x = core.x; x < core.x + core.width; x++) {
        const to = y * width + x
        if (!missing[to]) continue
        const from = 3 * ((y - input.y) * input.width + x - input.x)
        if (channels === 3) for (let c = 0; c < 3; c++) result[3 * to + c] = found[from + c]!
        else result[to] = (found[from]! + found[from + 1]! + found[from + 2]!) / 3
      }
    }
    onProgress?.((done + 1) / tiles.length)
  }
  return { ...image, data: result.map((value) => Math.min(1, Math.max(0, value))) }
}

function rows({ y, height }: Rect): number[] {
  return Array.from({ length: height }, (_, i) => y + i)
}
