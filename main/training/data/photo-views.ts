import { AppError, toAppError } from '../../../shared/errors.ts'
import { photoSize } from './decode.ts'

/** A photo at one of its scales. */
export interface PhotoView {
  /** The place in the list of all views. */
  readonly id: number
  readonly width: number
  readonly height: number
}

/** A photo to draw crops from; the first view is the photo as it is. */
export interface TrainingPhoto {
  readonly path: string
  readonly views: readonly PhotoView[]
}

export interface SkippedPhotos {
  /** Files that could not be read, with the reason. */
  readonly broken: { readonly path: string; readonly message: string }[]
  /** Photos with a side shorter than the crop. */
  readonly tooSmall: string[]
}

const headersAtOnce = 8
const largeSide = 1000

/** Bytes of a view when decoded. */
export function viewBytes(view: { readonly width: number; readonly height: number }): number {
  return view.width * view.height * 3
}

/**
 * Reads the headers of the files and lists, in their order, the views that hold a crop: large photos (a side above
 * 1000 pixels) also at 0.7 and 0.5, smaller ones also at 0.85, unless not `scaled`. Throws AppError `bad-input` when none does.
 */
export async function listViews(
  files: readonly string[],
  crop: number,
  scaled = true,
): Promise<{ photos: TrainingPhoto[]; skipped: SkippedPhotos }> {
  const sizes = await readSizes(files)
  const skipped: SkippedPhotos = { broken: [], tooSmall: [] }
  const photos: TrainingPhoto[] = []
  let id = 0
  for (const [index, path] of files.entries()) {
    const size = sizes[index]
    if (size instanceof AppError) skipped.broken.push({ path, message: size.message })
    else if (Math.min(size.width, size.height) < crop) skipped.tooSmall.push(path)
    else photos.push({ path, views: viewsOf(size, crop, scaled).map((view) => ({ id: id++, ...view })) })
  }
  if (photos.length > 0) return { photos, skipped }
  const { broken, tooSmall } = skipped
  const reason = `${tooSmall.length} are smaller and ${broken.length} cannot be read`
  throw new AppError(
    'bad-input',
    `no photo of at least ${crop}x${crop} pixels: of ${files.length}, ${reason}`,
  )
}

interface Size {
  width: number
  height: number
}

function viewsOf({ width, height }: Size, crop: number, scaled: boolean): Size[] {
  const scales = !scaled ? [1] : Math.max(width, height) > largeSide ? [1, 0.7, 0.5] : [1, 0.85]
  return scales
    .map((scale) => ({ width: Math.round(width * scale), height: Math.round(height * scale) }))
    .filter((view) => Math.min(view.width, view.height) >= crop)
}

async function readSizes(files: readonly string[]): Promise<(Size | AppError)[]> {
  const sizes: (Size | AppError)[] = []
  let next = 0
  const reader = async () => {
    while (next < files.length) {
      const index = next++
      sizes[index] = await photoSize(files[index]).catch(toAppError)
    }
  }
  await Promise.all(Array.from({ length: headersAtOnce }, reader))
  return sizes
}
