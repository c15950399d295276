import { AppError } from '../../../shared/errors.ts'
import type { CropChoice } from './crop-plan.ts'
import { decodeRgb8, resizeRgb8 } from './decode.ts'
import { readPaged, type SharedPhotos, writePaged } from './paged-pixels.ts'
import { type PhotoView, type TrainingPhoto, viewBytes } from './photo-views.ts'

/** Reads crops of views out of shared memory, decoding and scaling into it what is not there yet. */
export class ViewReader {
  readonly #pixels: Uint8Array
  readonly #filled: Int32Array

  constructor(shared: SharedPhotos) {
    this.#pixels = new Uint8Array(shared.pixels)
    this.#filled = new Int32Array(shared.filled)
  }

  /**
   * The square of a choice, not turned, as side * side * 3 bytes.
   * @param pages of the views that have a place in memory; a view without one is decoded and forgotten
   * @throws AppError `unreadable` for a broken photo
   */
  async square(
    photo: TrainingPhoto,
    choice: CropChoice,
    side: number,
    pages: ReadonlyMap<number, Uint32Array>,
  ): Promise<Uint8Array> {
    const { view, x, y } = choice
    const whole = this.#isFilled(view, pages) ? null : await this.#decode(photo, view, pages)
    const square = new Uint8Array(side * side * 3)
    for (let row = 0; row < side; row++) {
      const line = square.subarray(row * side * 3, (row + 1) * side * 3)
      const from = ((y + row) * view.width + x) * 3
      if (whole) line.set(whole.subarray(from, from + line.length))
      else readPaged(this.#pixels, pages.get(view.id)!, from, line)
    }
    return square
  }

  /** All pixels of a view, kept where it has a place. */
  async #decode(
    photo: TrainingPhoto,
    view: PhotoView,
    pages: ReadonlyMap<number, Uint32Array>,
  ): Promise<Uint8Array> {
    const whole = photo.views[0]
    if (this.#isFilled(view, pages)) {
      const pixels = new Uint8Array(viewBytes(view))
      readPaged(this.#pixels, pages.get(view.id)!, 0, pixels)
      return pixels
    }
    const pixels =
      view.id === whole.id
        ? await decodeAsAnnounced(photo.path, whole)
        : (
            await resizeRgb8(
              { ...whole, pixels: await this.#decode(photo, whole, pages) },
              view.width,
              view.height,
            )
          ).pixels
    const place = pages.get(view.id)
    if (place) {
      // Two threads may write the same view at once: they write the same bytes.
      writePaged(this.#pixels, place, pixels)
      Atomics.store(this.#filled, view.id, 1)
    }
    return pixels
  }

  #isFilled(view: PhotoView, pages: ReadonlyMap<number, Uint32Array>): boolean {
    return pages.has(view.id) && Atomics.load(this.#filled, view.id) === 1
  }
}

async function decodeAsAnnounced(path: string, { width, height }: PhotoView): Promise<Uint8Array> {
  const image = await decodeRgb8(path)
  if (image.width === width && image.height === height) return image.pixels
  const sizes = `${image.width}x${image.height} where ${width}x${height} was expected`
  throw new AppError(
    'unreadable',
    `${path}: decoded to ${sizes}; it changed during the run, or its header lies`,
  )
}
