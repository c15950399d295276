import { lostDetail } from '../../shared/blend/lost-detail.ts'
import type { Region } from '../draw/viewport.svelte.ts'
import { fetchFloats } from './fetch-floats.ts'

export interface LostDetailTask {
  /** of the region with its halo */
  readonly originalUrl: string
  readonly cleanUrl: string
  /** standard deviation, [0, 1] */
  readonly sigma: number
  /** what is wanted, within what the URLs give */
  readonly part: Region
}

/** The detail of shared/blend/lost-detail.ts as a texture: red is 128 plus the value in levels of 255. */
export async function lostDetailPixels({
  originalUrl,
  cleanUrl,
  sigma,
  part,
}: LostDetailTask): Promise<ImageData> {
  const [original, clean] = await Promise.all([fetchFloats(originalUrl), fetchFloats(cleanUrl)])
  const lost = lostDetail(original, clean, sigma)
  const pixels = new ImageData(part.width, part.height)
  for (let y = 0, to = 0; y < part.height; y++) {
    const from = (part.y + y) * original.width + part.x
    for (let x = 0; x < part.width; x++, to += 4) {
      pixels.data[to] = 128 + lost[from + x] * 255
      pixels.data[to + 3] = 255
    }
  }
  return pixels
}
