import { AppError } from '../../../shared/errors.ts'
import type { Model } from '../../catalog/models.ts'
import { newSamples, noMetadata, type Raster } from '../../imaging/raster.ts'
import { convOptions } from '../../models/conv/options.ts'
import { denseOptions } from '../../models/dense/options.ts'
import type { SmallShape } from '../../training/data/small-photos.ts'

/**
 * What images a model of small images takes. A dense network only knows how many values: they are taken for a square, grey
 * or else in colours, or for one row.
 * @throws AppError `bad-input` for a model of another kind
 */
export function imageShapeOf(model: Model): SmallShape {
  const { id, options } = (model.card as { architecture: { id: string; options: unknown } }).architecture
  if (id === 'conv' || id === 'vae') {
    const { rows, columns, channels } = convOptions.parse(options)
    return { rows, columns, channels }
  }
  if (id !== 'dense') {
    throw new AppError(
      'bad-input',
      `model '${model.id}' is for '${model.task}'; latents need a dense, conv or vae model`,
    )
  }
  const { inputs } = denseOptions.parse(options)
  for (const channels of [1, 3] as const) {
    const side = Math.sqrt(inputs / channels)
    if (Number.isInteger(side)) return { rows: side, columns: side, channels }
  }
  return { rows: 1, columns: inputs, channels: 1 }
}

/** Small images (values in [0, 1]) as one picture, so many in a row, a dark line between them. */
export function imageGrid(images: Float32Array, shape: SmallShape, perRow: number, gap = 1): Raster {
  const { rows, columns, channels } = shape
  const size = rows * columns * channels
  const count = images.length / size
  const across = Math.min(perRow, count)
  const bands = Math.ceil(count / across)
  const width = across * (columns + gap) - gap
  const height = bands * (rows + gap) - gap
  const pixels = newSamples(width * height * channels, 8).fill(32)
  for (let i = 0; i < count; i++) {
    const [left, top] = [(i % across) * (columns + gap), Math.floor(i / across) * (rows + gap)]
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns * channels; x++) {
        const value = images[i * size + y * columns * channels + x]!
        pixels[((top + y) * width + left) * channels + x] = Math.round(255 * Math.min(1, Math.max(0, value)))
      }
    }
  }
  return { width, height, channels, depth: 8, pixels, alpha: null, metadata: noMetadata }
}
