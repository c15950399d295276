import { AppError } from '../errors.ts'
import type { FloatImage } from '../image.ts'

/** @throws AppError bad-input unless both images have the same width, height and channels, and pixels at all */
export function checkSameShape(what: string, a: FloatImage, b: FloatImage): void {
  if (a.width !== b.width || a.height !== b.height || a.channels !== b.channels) {
    throw new AppError('bad-input', `${what} needs two images of one shape, got ${shape(a)} and ${shape(b)}`)
  }
  for (const image of [a, b]) {
    const count = image.width * image.height * image.channels
    if (count === 0 || image.data.length !== count) {
      throw new AppError('bad-input', `${what}: ${shape(image)} needs values, got ${image.data.length}`)
    }
  }
}

/** @throws AppError bad-input where a side is shorter than `side` pixels */
export function checkLeastSide(what: string, image: FloatImage, side: number): void {
  if (image.width >= side && image.height >= side) return
  throw new AppError('bad-input', `${what} needs at least ${side} x ${side} pixels, got ${shape(image)}`)
}

function shape(image: FloatImage): string {
  return `${image.width} x ${image.height} x ${image.channels}`
}
