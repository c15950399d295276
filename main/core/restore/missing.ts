import { AppError } from '../../../shared/errors.ts'
import { missingPixels } from '../../../shared/noise/add-noise.ts'
import type { GivenParameters } from '../../../shared/noise/model.ts'
import type { Raster } from '../../imaging/raster.ts'
import { readImage } from '../../imaging/read.ts'

/** How one knows which pixels are lost. */
export type MissingSource =
  /** a picture of the same size, bright where pixels are lost */
  | { readonly kind: 'mask'; readonly path: string }
  /** pixels of this colour, 8 bits a channel, give or take `tolerance` in each */
  | {
      readonly kind: 'colour'
      readonly rgb: readonly [number, number, number]
      readonly tolerance?: number
    }
  /** a damage that is done here, to try restoring on a sound picture */
  | {
      readonly kind: 'damage'
      readonly model: string
      readonly parameters: GivenParameters
      readonly seed: number
    }

/**
 * The lost pixels of a picture, marked by 1 in width * height bytes.
 * @throws AppError `bad-input` where a mask has another size, or nothing is lost; what reading the mask throws
 */
export async function findMissing(
  raster: Raster,
  source: MissingSource,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const missing = await marked(raster, source, signal)
  if (missing.includes(1)) return missing
  throw new AppError(
    'bad-input',
    'nothing is marked as lost: expected bright pixels in the mask, or the colour named',
  )
}

async function marked(raster: Raster, source: MissingSource, signal?: AbortSignal): Promise<Uint8Array> {
  const { width, height, channels, depth, pixels } = raster
  if (source.kind === 'damage') return missingPixels({ width, height }, source)
  const missing = new Uint8Array(width * height)
  if (source.kind === 'mask') {
    const mask = await readImage(source.path, signal ? { signal } : {})
    if (mask.width !== width || mask.height !== height) {
      throw new AppError(
        'bad-input',
        `mask ${source.path}: expected ${width} x ${height} as the picture, got ${mask.width} x ${mask.height}`,
      )
    }
    const half = mask.depth === 8 ? 128 : 32768
    for (let i = 0; i < missing.length; i++) if (mask.pixels[i * mask.channels]! >= half) missing[i] = 1
    return missing
  }
  const scale = depth === 8 ? 1 : 257
  const reach = (source.tolerance ?? 0) * scale
  for (let i = 0; i < missing.length; i++) {
    const isLost = source.rgb.every(
      (value, c) => Math.abs(pixels[i * channels + (channels === 3 ? c : 0)]! - value * scale) <= reach,
    )
    if (isLost) missing[i] = 1
  }
  return missing
}
