import type { FloatImage } from '../image.ts'
import { checkSameShape } from '../metrics/same-shape.ts'

/** How much of what a denoiser took away is really taken, each 0 to 1. */
export interface BlendAmounts {
  /** of everything */
  readonly strength: number
  /** of the luminance noise */
  readonly luminance: number
  /** of the colour noise */
  readonly chroma: number
  /** share of the luminance detail among what was taken that is given back; see `lostDetail` */
  readonly detail: number
}

export const wholeBlend: BlendAmounts = { strength: 1, luminance: 1, chroma: 1, detail: 0 }

/** Weights of luminance, ITU-R BT.601 on encoded values, as in JPEG. */
export const lumaWeights = [0.299, 0.587, 0.114] as const

export function isWholeBlend({ strength, luminance, chroma, detail }: BlendAmounts): boolean {
  return strength === 1 && luminance === 1 && chroma === 1 && detail === 0
}

/**
 * The picture between an original and its denoised result. With taken = original - clean, split into luminance y and
 * the rest c:  original - strength * (luminance * (y - detail * lost) + chroma * c).
 * Grey pictures have luminance only. The window computes the same on the GPU (`renderer/draw/shaders.ts`).
 * @param lost height * width values of `lostDetail`; needed where `detail` is above 0
 * @throws AppError bad-input where shapes differ
 */
export function blendDenoised(
  original: FloatImage,
  clean: FloatImage,
  amounts: BlendAmounts,
  lost?: Float32Array,
): FloatImage {
  checkSameShape('a blend', original, clean)
  const { strength, luminance, chroma, detail } = amounts
  const { channels } = original
  const data = new Float32Array(original.data.length)
  const [red, green, blue] = lumaWeights
  for (let pixel = 0, i = 0; i < data.length; pixel++, i += channels) {
    const kept = detail > 0 && lost ? detail * lost[pixel] : 0
    if (channels === 1) {
      data[i] = original.data[i] - strength * luminance * (original.data[i] - clean.data[i] - kept)
      continue
    }
    const r = original.data[i] - clean.data[i]
    const g = original.data[i + 1] - clean.data[i + 1]
    const b = original.data[i + 2] - clean.data[i + 2]
    const y = red * r + green * g + blue * b
    const light = luminance * (y - kept)
    data[i] = original.data[i] - strength * (light + chroma * (r - y))
    data[i + 1] = original.data[i + 1] - strength * (light + chroma * (g - y))
    data[i + 2] = original.data[i + 2] - strength * (light + chroma * (b - y))
  }
  return { ...original, data }
}
