import { detailHalo } from '../../shared/blend/lost-detail.ts'
import { tileUrl } from '../../shared/contract/pixels.ts'
import { computer } from '../work/compute.ts'
import type { Growth } from './library-picture.ts'
import type { Picture } from './picture.ts'
import type { Region } from './viewport.svelte.ts'

/** The luminance detail that a denoiser took away, computed piece by piece beside the window's thread. */
export function detailPicture(options: {
  originalKey: string
  cleanKey: string
  width: number
  height: number
  sigma255: number
  growth: Growth
  version: number
}): Picture {
  const { originalKey, cleanKey, width, height, sigma255, growth, version } = options
  return {
    ...{ key: `detail:${cleanKey}:${sigma255}`, version, width, height },
    async coarse() {
      // What is finer than a coarse picture's pixels cannot be seen in it.
      const none = new ImageData(1, 1)
      none.data.set([128, 128, 128, 255])
      return none
    },
    async tile(region) {
      const around = grown(region, width, height)
      if (!growth.covers(around)) return null
      const part = { ...region, x: region.x - around.x, y: region.y - around.y }
      const cleanUrl = tileUrl(cleanKey, around, 1)
      return computer.run('lostDetail', {
        ...{ originalUrl: tileUrl(originalKey, around), cleanUrl, part },
        sigma: sigma255 / 255,
      })
    },
  }
}

function grown({ x, y, width, height }: Region, imageWidth: number, imageHeight: number): Region {
  const left = Math.max(0, x - detailHalo)
  const top = Math.max(0, y - detailHalo)
  return {
    x: left,
    y: top,
    width: Math.min(imageWidth, x + width + detailHalo) - left,
    height: Math.min(imageHeight, y + height + detailHalo) - top,
  }
}
