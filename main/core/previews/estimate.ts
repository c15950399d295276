import type { NoiseEstimate } from '../../../shared/contract/denoise.ts'
import type { Core } from '../core.ts'
import { noiseSample } from '../denoise.ts'
import { noiseEstimate } from '../noise-estimate.ts'
import type { Pictures } from '../pictures/pictures.ts'

const known = new Map<string, NoiseEstimate>()
const mostKnown = 2000

/** How noisy a photo is; worked out once for each content. */
export async function estimateOf(
  core: Pick<Core, 'pixels'>,
  pictures: Pictures,
  id: number,
  signal?: AbortSignal,
): Promise<NoiseEstimate> {
  const { image } = await pictures.find(id)
  const found = known.get(image.sha256)
  if (found) return found
  const picture = await pictures.image(id)
  const noise = await core.pixels.call('estimate', noiseSample(picture), { signal })
  const estimate = noiseEstimate(noise, picture)
  if (known.size >= mostKnown) known.clear()
  known.set(image.sha256, estimate)
  return estimate
}
