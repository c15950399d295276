import { availableParallelism } from 'node:os'
import sharp from 'sharp'
import { AppError, toAppError } from '../../../shared/errors.ts'
import { Random } from '../../../shared/random.ts'
import { checkImageFile } from '../../imaging/file-errors.ts'
import { isDecoded } from '../../imaging/formats.ts'
import { smallImage } from '../../imaging/thumbnail.ts'
import { decodeRgb8, type Rgb8Image } from './decode.ts'
import type { IdxImages } from './idx.ts'

export interface SmallShape {
  readonly rows: number
  readonly columns: number
  readonly channels: 1 | 3
}

export interface SmallPhotoOptions extends SmallShape {
  /** `thumbnail`: each photo as a whole, its longer sides cut; `patch`: as many pixels cut from it as they are */
  readonly view: 'thumbnail' | 'patch'
  readonly patchesPerPhoto: number
  readonly seed: number
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

export interface SmallPhotos {
  readonly images: IdxImages
  /** for each image the photo it is of: its place among the paths */
  readonly photoOf: Int32Array
  /** sentences about photos that were left out */
  readonly skipped: readonly string[]
}

/**
 * Photos made small, in the order of their paths; broken ones are left out.
 * @throws AppError `bad-input` where none is left, `aborted`
 */
export async function smallPhotos(
  paths: readonly string[],
  options: SmallPhotoOptions,
): Promise<SmallPhotos> {
  const { rows, columns, channels, signal, onProgress } = options
  const found: (Uint8Array[] | string)[] = new Array(paths.length)
  let [next, done] = [0, 0]
  const work = async () => {
    while (next < paths.length) {
      const index = next++
      signal?.throwIfAborted()
      found[index] = await viewsOf(paths[index]!, index, options).catch((error) => toAppError(error).message)
      onProgress?.(++done, paths.length)
    }
  }
  await Promise.all(Array.from({ length: Math.min(8, availableParallelism()) }, work))
  const views = found.flatMap((each, photo) =>
    typeof each === 'string' ? [] : each.map((pixels) => ({ photo, pixels })),
  )
  const skipped = found.filter((each) => typeof each === 'string')
  if (views.length === 0) {
    throw new AppError(
      'bad-input',
      `none of ${paths.length} photos can be used${skipped[0] ? `: ${skipped[0]}` : ''}`,
    )
  }
  const pixels = Buffer.concat(views.map((view) => view.pixels))
  const images = { count: views.length, rows, columns, channels, pixels, labels: null }
  return { images, photoOf: Int32Array.from(views, ({ photo }) => photo), skipped }
}

/** One after another; all of one shape. */
export function joinImages(parts: readonly IdxImages[]): IdxImages {
  const count = parts.reduce((sum, part) => sum + part.count, 0)
  return { ...parts[0]!, count, labels: null, pixels: Buffer.concat(parts.map(({ pixels }) => pixels)) }
}

async function viewsOf(path: string, index: number, options: SmallPhotoOptions): Promise<Uint8Array[]> {
  const { rows, columns, channels, view, patchesPerPhoto, seed } = options
  if (view === 'thumbnail') return [await thumbnail(path, options)]
  const photo = await decodeRgb8(path)
  if (photo.width < columns || photo.height < rows) {
    throw new AppError('bad-input', `${path} is smaller than a patch of ${columns} x ${rows}`)
  }
  const random = new Random([seed, index])
  return Array.from({ length: patchesPerPhoto }, () => {
    const left = random.integer(photo.width - columns + 1)
    const top = random.integer(photo.height - rows + 1)
    const patch = cut(photo, { left, top, rows, columns })
    return channels === 3 ? patch : grey(patch)
  })
}

async function thumbnail(path: string, { rows, columns, channels }: SmallShape): Promise<Uint8Array> {
  try {
    const isByDecoder = isDecoded((await checkImageFile(path)).format)
    // through a PNG: a second size given to the same pipeline would replace the first
    const opened = isByDecoder
      ? sharp(await (await smallImage(path, { longestSide: 4 * Math.max(rows, columns) })).png().toBuffer())
      : sharp(path, { failOn: 'error' })
    const small = opened
      .autoOrient()
      .resize(columns, rows, { fit: 'cover' })
      .flatten({ background: '#000' })
      .toColourspace('srgb')
    const { data, info } = await small.raw().toBuffer({ resolveWithObject: true })
    const rgb =
      info.channels === 1 ? Uint8Array.from({ length: 3 * data.length }, (_, i) => data[(i / 3) | 0]!) : data
    return channels === 3 ? rgb : grey(rgb)
  } catch (cause) {
    const reason = (cause as Error).message.split('\n')[0]
    throw new AppError('unreadable', `${path}: cannot be read as a photo (${reason})`, { cause })
  }
}

function cut(
  photo: Rgb8Image,
  { left, top, rows, columns }: Record<'left' | 'top' | 'rows' | 'columns', number>,
) {
  const patch = new Uint8Array(rows * columns * 3)
  for (let row = 0; row < rows; row++) {
    const from = ((top + row) * photo.width + left) * 3
    patch.set(photo.pixels.subarray(from, from + columns * 3), row * columns * 3)
  }
  return patch
}

/** Luma of ITU-R BT.601, as grey JPEGs have it. */
function grey(rgb: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: rgb.length / 3 }, (_, i) =>
    Math.round(0.299 * rgb[3 * i]! + 0.587 * rgb[3 * i + 1]! + 0.114 * rgb[3 * i + 2]!),
  )
}
