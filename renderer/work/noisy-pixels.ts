import { addNoise } from '../../shared/noise/add-noise.ts'
import { clip, quantise } from '../../shared/noise/steps.ts'
import { fetchFloats } from './fetch-floats.ts'

export interface NoiseTask {
  readonly url: string
  readonly model: string
  readonly parameters: Readonly<Record<string, number | string>>
  readonly seed: number
  readonly bits: number | null
}

/** A piece with noise, clipped and rounded as a file would hold it. */
export async function noisyPixels({ url, model, parameters, seed, bits }: NoiseTask): Promise<ImageData> {
  const image = await fetchFloats(url)
  const noisy = quantise(clip(addNoise(image, { model, parameters, seed })), bits ?? 8)
  const pixels = new ImageData(image.width, image.height)
  for (let from = 0, to = 0; from < noisy.data.length; to += 4) {
    pixels.data[to] = noisy.data[from++] * 255 + 0.25
    pixels.data[to + 1] = noisy.data[from++] * 255 + 0.25
    pixels.data[to + 2] = noisy.data[from++] * 255 + 0.25
    pixels.data[to + 3] = 255
  }
  return pixels
}
