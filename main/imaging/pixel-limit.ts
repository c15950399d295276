import { AppError } from '../../shared/errors.ts'

/** 30,000 x 30,000: above any camera or film scanner, and 2.7 GB as 8-bit RGB. */
export const defaultLimitPixels = 30_000 * 30_000

/** @throws AppError too-large */
export function checkPixelCount(
  path: string,
  { width, height }: { width: number; height: number },
  limitPixels: number,
): void {
  if (width * height <= limitPixels) return
  throw new AppError(
    'too-large',
    `${path} claims ${width} x ${height} = ${Math.round((width * height) / 1e6)} megapixels; ` +
      `the limit is ${Math.round(limitPixels / 1e6)}`,
  )
}
