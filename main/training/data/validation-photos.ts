import { basename } from 'node:path'
import { AppError, toAppError } from '../../../shared/errors.ts'
import type { FloatImage } from '../../../shared/image.ts'
import { decodeRgb8 } from './decode.ts'
import { toFloats } from './recipes/recipe.ts'

export interface ValidationOptions {
  /** Sides are cut, at the right and at the bottom, to multiples of this. */
  readonly multiple: number
  /** A square of this side from the centre in place of the whole photo; itself a multiple. */
  readonly crop?: number
  /** Told of each photo that is broken or too small. */
  readonly onSkipped?: (path: string, message: string) => void
}

export interface ValidationPhoto {
  readonly path: string
  /** The file's name. */
  readonly name: string
  /** RGB in [0, 1] */
  readonly image: FloatImage
}

/**
 * The held-out photos in the order given, one at a time: always the same pixels, so that validations can be compared.
 * Throws AppError `bad-input` for a multiple or a crop out of range.
 */
export async function* validationPhotos(
  files: readonly string[],
  options: ValidationOptions,
): AsyncGenerator<ValidationPhoto, void, void> {
  const { multiple, crop, onSkipped } = options
  const whole = (value: number) => Number.isInteger(value) && value > 0
  if (!whole(multiple))
    throw new AppError('bad-input', `multiple: expected a whole number from 1 on, got ${multiple}`)
  if (crop !== undefined && !(whole(crop) && crop % multiple === 0)) {
    throw new AppError('bad-input', `crop: expected a multiple of ${multiple}, got ${crop}`)
  }
  for (const path of files) {
    try {
      yield { path, name: basename(path), image: await cutPhoto(path, multiple, crop) }
    } catch (error) {
      const { code, message } = toAppError(error)
      if (code !== 'unreadable' && code !== 'bad-input') throw error
      onSkipped?.(path, message)
    }
  }
}

async function cutPhoto(path: string, multiple: number, crop?: number): Promise<FloatImage> {
  const photo = await decodeRgb8(path)
  const width = crop ?? photo.width - (photo.width % multiple)
  const height = crop ?? photo.height - (photo.height % multiple)
  if (width > photo.width || height > photo.height || width * height === 0) {
    const smallest = crop ?? multiple
    throw new AppError(
      'bad-input',
      `${path}: expected at least ${smallest}x${smallest} pixels, got ${photo.width}x${photo.height}`,
    )
  }
  const left = crop ? (photo.width - crop) >> 1 : 0
  const top = crop ? (photo.height - crop) >> 1 : 0
  const cut = new Uint8Array(width * height * 3)
  for (let row = 0; row < height; row++) {
    const from = ((top + row) * photo.width + left) * 3
    cut.set(photo.pixels.subarray(from, from + width * 3), row * width * 3)
  }
  return { width, height, channels: 3, data: toFloats(cut) }
}
