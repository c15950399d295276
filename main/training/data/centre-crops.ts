import { decodeRgb8 } from './decode.ts'

export interface CentreCrop {
  readonly shape: [n: 1, height: number, width: number, channels: 3]
  /** RGB in [0, 1] */
  readonly data: Float32Array
}

/**
 * Crops from the middle of photos, always the same pixels.
 * @param side in pixels; less where a photo is smaller, but always a multiple of `multiple`. Photos smaller than that
 *   give none.
 */
export async function centreCrops(
  files: readonly string[],
  side: number,
  multiple: number,
): Promise<CentreCrop[]> {
  const crops: CentreCrop[] = []
  for (const file of files) {
    const { width, height, pixels } = await decodeRgb8(file)
    const [w, h] = [width, height].map((size) => Math.min(side, size - (size % multiple))) as [number, number]
    if (w * h === 0) continue
    const [left, top] = [(width - w) >> 1, (height - h) >> 1]
    const data = new Float32Array(w * h * 3)
    for (let y = 0; y < h; y++) {
      const row = ((top + y) * width + left) * 3
      for (let i = 0; i < w * 3; i++) data[y * w * 3 + i] = pixels[row + i]! / 255
    }
    crops.push({ shape: [1, h, w, 3], data })
  }
  return crops
}
