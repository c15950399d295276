import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import type { Model } from '../catalog/models.ts'
import { newSamples, noMetadata, type Raster } from '../imaging/raster.ts'
import { writeImage } from '../imaging/write.ts'
import { makeFolder } from '../platform/folders.ts'
import { type IdxImages, idxImages } from '../training/data/idx.ts'
import { idxSubset } from '../training/data/idx-batches.ts'
import type { Core } from './core.ts'
import { refOf } from './model-library.ts'

export interface ReconstructOptions {
  /** the images [from, from + count) of the file */
  readonly from: number
  readonly count: number
  /** PNG to write: originals in one row, reconstructions below */
  readonly output: string
}

export interface Reconstruction {
  readonly output: string
  readonly count: number
  /** mean squared error per pixel, white 1 */
  readonly mse: number
}

const columns = 16

/** Sends images of an IDX file through a dense model; keeps their codes in the catalog and writes a picture. */
export async function reconstructIdx(
  core: Core,
  model: Model,
  path: string,
  { from, count, output }: ReconstructOptions,
): Promise<Reconstruction> {
  const images = await idxImages(path)
  const last = Math.min(images.count, from + count)
  const indices = Array.from({ length: Math.max(0, last - from) }, (_, i) => from + i)
  if (indices.length === 0) {
    throw new AppError(
      'bad-input',
      `${path} holds ${images.count} images; none from ${from} on was asked for`,
    )
  }
  const { images: values } = idxSubset(images, indices)
  const { reconstructed, codes, codeLength } = await core.inference.call('reconstruct', {
    ...{ model: refOf(model), count: indices.length, values },
  })
  const size = images.rows * images.columns
  core.catalog.codes.putMany(
    indices.map((index, i) => ({
      imageSha256: createHash('sha256')
        .update(images.pixels.subarray(index * size, (index + 1) * size))
        .digest('hex'),
      modelSha256: model.sha256,
      latent: { shape: [codeLength], data: codes.slice(i * codeLength, (i + 1) * codeLength) },
    })),
  )
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += (values[i] - reconstructed[i]) ** 2
  await makeFolder(dirname(output))
  await writeImage(output, contactSheet(images, values, reconstructed), { format: 'png', overwrite: true })
  return { output, count: indices.length, mse: sum / values.length }
}

/** Pairs of rows: 16 originals, and below them what came back. */
function contactSheet(
  { rows, columns: side }: IdxImages,
  originals: Float32Array,
  results: Float32Array,
): Raster {
  const size = rows * side
  const count = originals.length / size
  const bands = Math.ceil(count / columns)
  const width = columns * side
  const height = bands * 2 * rows
  const pixels = newSamples(width * height, 8)
  for (let i = 0; i < count; i++) {
    for (const [k, values] of [originals, results].entries()) {
      const top = (Math.floor(i / columns) * 2 + k) * rows
      const left = (i % columns) * side
      for (let y = 0; y < rows; y++) {
        for (let x = 0; x < side; x++) {
          pixels[(top + y) * width + left + x] = Math.round(255 * values[i * size + y * side + x])
        }
      }
    }
  }
  return { width, height, channels: 1, depth: 8, pixels, alpha: null, metadata: noMetadata }
}
