import { AppError } from '../../shared/errors.ts'
import { atDepth, newSamples, noMetadata, type Raster } from './raster.ts'
import { sharp } from './sharp.ts'

const gapPixels = 8
const background = 24

/**
 * Pictures next to each other on a dark ground, aligned at the top, as 8-bit RGB; each with its caption above
 * where `labels` are given and the machine has a font (without one the pictures come without captions).
 * Transparent parts are shown opaque. All are taken to share the first one's colour space.
 */
export async function sideBySide(
  rasters: readonly Raster[],
  labels: readonly string[] = [],
): Promise<Raster> {
  if (rasters.length === 0) throw new AppError('bad-input', 'side by side: expected at least one picture')
  const captions = await Promise.all(rasters.map((raster, i) => caption(labels[i] ?? '', raster.width)))
  const captionHeight = Math.max(0, ...captions.map((mask) => mask?.height ?? 0))
  const top = captionHeight ? captionHeight + 2 * gapPixels : gapPixels
  const width = rasters.reduce((sum, raster) => sum + raster.width + gapPixels, gapPixels)
  const height = top + Math.max(...rasters.map((raster) => raster.height)) + gapPixels
  const pixels = newSamples(width * height * 3, 8).fill(background)
  let left = gapPixels
  for (const [i, raster] of rasters.entries()) {
    paste(pixels, width, left, top, atDepth(raster, 8))
    const mask = captions[i]
    if (mask) {
      for (let y = 0; y < mask.height; y++) {
        for (let x = 0; x < Math.min(mask.width, raster.width); x++) {
          const at = ((gapPixels + y) * width + left + x) * 3
          const ink = mask.ink[y * mask.width + x] / 255
          pixels.fill(Math.round(background + (235 - background) * ink), at, at + 3)
        }
      }
    }
    left += raster.width + gapPixels
  }
  const metadata = { ...noMetadata, icc: rasters[0].channels === 3 ? rasters[0].metadata.icc : null }
  return { width, height, channels: 3, depth: 8, pixels, alpha: null, metadata }
}

function paste(pixels: Raster['pixels'], width: number, left: number, top: number, raster: Raster): void {
  for (let y = 0; y < raster.height; y++) {
    const row = y * raster.width * raster.channels
    const at = ((top + y) * width + left) * 3
    if (raster.channels === 3) {
      pixels.set(raster.pixels.subarray(row, row + raster.width * 3), at)
    } else {
      for (let x = 0; x < raster.width; x++) pixels.fill(raster.pixels[row + x], at + x * 3, at + x * 3 + 3)
    }
  }
}

interface Mask {
  readonly width: number
  readonly height: number
  readonly ink: Uint8Array
}

/** The caption as coverage 0 to 255, cut to `maxWidth`; null for no text or no font. */
async function caption(text: string, maxWidth: number): Promise<Mask | null> {
  if (!text) return null
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${maxWidth}" height="20"><rect width="100%" height="100%"/>` +
    `<text x="0" y="15" font-family="sans-serif" font-size="14" fill="white">${escaped}</text></svg>`
  try {
    const image = sharp(Buffer.from(svg)).toColourspace('b-w').removeAlpha().raw()
    const { data, info } = await image.toBuffer({ resolveWithObject: true })
    return data.some((value) => value > 128) ? { width: info.width, height: info.height, ink: data } : null
  } catch {
    return null
  }
}
