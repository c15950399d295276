import type { VectorFigures } from '../../latents/vectors.ts'
import type { Core } from '../core.ts'
import { refOf } from '../model-library.ts'
import type { Collection, CollectOptions } from './collection.ts'

const atOnce = 2000

/** What the model's codes keep of each image of a collection, and what they cost. */
export async function measureCollection(
  core: Pick<Core, 'inference'>,
  { model, items, values }: Pick<Collection, 'model' | 'items' | 'values'>,
  { signal, onProgress }: CollectOptions = {},
): Promise<VectorFigures> {
  const size = values.length / items.length
  const psnrDb = new Float32Array(items.length)
  let bits: Float32Array | null = null
  for (let from = 0; from < items.length; from += atOnce) {
    const count = Math.min(atOnce, items.length - from)
    const request = { model: refOf(model), count, values: values.slice(from * size, (from + count) * size) }
    const part = await core.inference.call('measureVectors', request, { signal })
    psnrDb.set(part.psnrDb, from)
    if (part.bits) {
      bits ??= new Float32Array(items.length)
      bits.set(part.bits, from)
    }
    onProgress?.((from + count) / items.length)
  }
  return { psnrDb, bits }
}
