import { noMetadata, type Raster } from '../../../main/imaging/raster.ts'
import { sharp } from '../../../main/imaging/sharp.ts'
import { sideBySide } from '../../../main/imaging/side-by-side.ts'
import type { FloatImage } from '../../../shared/image.ts'
import type { Pair } from './pairs.ts'

const side = 144
const step = 16

/** Crops of all pairs, one column each: as the camera had it, denoised, and the mean of many shots. JPEG. */
export async function writeFigure(
  path: string,
  pairs: readonly Pair[],
  denoised: readonly FloatImage[],
): Promise<void> {
  const rows: Raster[] = []
  for (const pick of [
    (k: number) => pairs[k]!.noisy,
    (k: number) => denoised[k]!,
    (k: number) => pairs[k]!.clean,
  ]) {
    rows.push(await sideBySide(pairs.map((pair, k) => crop(pick(k), busiest(pair.clean)))))
  }
  const width = rows[0]!.width
  const height = rows.reduce((sum, row) => sum + row.height, 0)
  const pixels = Buffer.concat(rows.map((row) => row.pixels as Uint8Array))
  await sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 88, mozjpeg: true })
    .toFile(path)
}

/** The place whose clean side has the most fine contrast. */
function busiest({ width, height, data }: FloatImage): { x: number; y: number } {
  let best = { x: 0, y: 0, energy: -1 }
  for (let y = 0; y + side < height; y += step) {
    for (let x = 0; x + side < width; x += step) {
      let energy = 0
      for (let row = y; row < y + side; row += 2) {
        for (let column = x; column < x + side; column += 2) {
          const at = 3 * (row * width + column) + 1
          energy += Math.min(
            0.2,
            Math.abs(data[at]! - data[at + 3]!) + Math.abs(data[at]! - data[at + 3 * width]!),
          )
        }
      }
      if (energy > best.energy) best = { x, y, energy }
    }
  }
  return best
}

function crop({ width, data }: FloatImage, { x, y }: { x: number; y: number }): Raster {
  const pixels = new Uint8Array(side * side * 3)
  for (let row = 0; row < side; row++) {
    for (let i = 0; i < side * 3; i++) {
      const value = data[3 * ((y + row) * width + x) + i]!
      pixels[row * side * 3 + i] = Math.round(255 * Math.min(1, Math.max(0, value)))
    }
  }
  return { width: side, height: side, channels: 3, depth: 8, pixels, alpha: null, metadata: noMetadata }
}
