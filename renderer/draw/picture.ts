import type { UrlError } from '../../shared/contract/pixels.ts'
import type { Region } from './viewport.svelte.ts'

/** What a texture can be made of. */
export type Pixels = ImageBitmap | ImageData

/** A picture as the stage draws it: a coarse whole at once, exact pieces where one looks closely. */
export interface Picture {
  /** names its pixels: equal keys show the same */
  readonly key: string
  /** another one each time that pieces may have come into being: those that were not there are asked for again */
  readonly version: number
  readonly width: number
  readonly height: number
  /** the whole, its longest side at most `coarseSide`, or null where there is none yet */
  coarse(signal: AbortSignal): Promise<Pixels | null>
  /** exact pixels of a region, or null where there are none yet */
  tile(region: Region, signal: AbortSignal): Promise<Pixels | null>
}

export const coarseSide = 2048

/** Whether the screen shows more than sRGB; then pictures are converted to Display P3, else to sRGB. */
export const wideGamut = globalThis.matchMedia?.('(color-gamut: p3)').matches ?? false

/** A picture behind URLs, which are null for what does not exist yet. */
export function urlPicture(options: {
  key: string
  version: number
  width: number
  height: number
  coarseUrl: () => string | null
  tileUrl: (region: Region) => string | null
}): Picture {
  const { key, version, width, height, coarseUrl, tileUrl } = options
  const get = async (url: string | null, signal: AbortSignal) =>
    url === null ? null : fetchPixels(url, signal)
  return {
    ...{ key, version, width, height },
    coarse: (signal) => get(coarseUrl(), signal),
    tile: (region, signal) => get(tileUrl(region), signal),
  }
}

/** Decodes off the main thread; the embedded profile is applied. */
export async function fetchPixels(url: string, signal: AbortSignal): Promise<Pixels> {
  const answer = await fetch(url, { signal })
  if (!answer.ok) throw await reason(answer)
  const blob = await answer.blob()
  return wideGamut ? widePixels(blob) : createImageBitmap(blob)
}

/** With the code of the core's error, which says what can be done. */
async function reason(answer: Response): Promise<Error> {
  const text = await answer.text().catch(() => '')
  try {
    const { code, message } = (JSON.parse(text) as UrlError).error
    return Object.assign(new Error(message), { code })
  } catch {
    return new Error(text || `the picture could not be fetched (HTTP ${answer.status})`)
  }
}

/** In Display P3, which an element keeps until it is drawn; a bitmap would have been squeezed into sRGB. */
async function widePixels(blob: Blob): Promise<ImageData> {
  const image = new Image()
  image.src = URL.createObjectURL(blob)
  try {
    await image.decode()
    const { naturalWidth: width, naturalHeight: height } = image
    const settings = { colorSpace: 'display-p3', willReadFrequently: true } as const
    const context = new OffscreenCanvas(width, height).getContext('2d', settings)
    if (!context) throw new Error('this window cannot draw pictures in two dimensions')
    context.drawImage(image, 0, 0)
    return context.getImageData(0, 0, width, height, { colorSpace: 'display-p3' })
  } finally {
    URL.revokeObjectURL(image.src)
  }
}

/** A picture that lies in memory, such as one just computed; `region` says which part of the whole it is. */
export function memoryPicture(
  key: string,
  size: { width: number; height: number },
  region: Region,
  data: ImageData,
): Picture {
  return {
    ...{ key, version: 0, ...size },
    async coarse() {
      return data
    },
    async tile(wanted) {
      const isInside =
        wanted.x >= region.x &&
        wanted.y >= region.y &&
        wanted.x + wanted.width <= region.x + region.width &&
        wanted.y + wanted.height <= region.y + region.height
      return isInside ? cut(data, { ...wanted, x: wanted.x - region.x, y: wanted.y - region.y }) : null
    },
  }
}

export function cut(from: ImageData, { x, y, width, height }: Region): ImageData {
  const part = new ImageData(width, height)
  for (let row = 0; row < height; row++) {
    const start = ((y + row) * from.width + x) * 4
    part.data.set(from.data.subarray(start, start + width * 4), row * width * 4)
  }
  return part
}
