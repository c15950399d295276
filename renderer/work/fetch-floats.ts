import type { FloatImage } from '../../shared/image.ts'

/** Pixels of a URL as they are in the file, [0, 1]: no colour conversion. */
export async function fetchFloats(url: string): Promise<FloatImage> {
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`the picture could not be fetched (HTTP ${answer.status})`)
  const bitmap = await createImageBitmap(await answer.blob(), {
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
  })
  const { width, height } = bitmap
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
  if (!context) throw new Error('this window has no canvas to read pixels with')
  context.drawImage(bitmap, 0, 0)
  bitmap.close()
  const pixels = context.getImageData(0, 0, width, height).data
  const data = new Float32Array(width * height * 3)
  for (let from = 0, to = 0; from < pixels.length; from += 4) {
    data[to++] = pixels[from] / 255
    data[to++] = pixels[from + 1] / 255
    data[to++] = pixels[from + 2] / 255
  }
  return { width, height, channels: 3, data }
}
