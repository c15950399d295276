import { createHash } from 'node:crypto'
import { basename, dirname } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import type { Model } from '../../catalog/models.ts'
import { hashFile } from '../../imaging/hash.ts'
import { type Points, pointsOf } from '../../latents/points.ts'
import { type IdxImages, idxImages } from '../../training/data/idx.ts'
import { idxSubset } from '../../training/data/idx-batches.ts'
import { smallPhotos } from '../../training/data/small-photos.ts'
import type { Core } from '../core.ts'
import { refOf } from '../model-library.ts'
import { imageShapeOf } from './image-shape.ts'

/** What is encoded: images of an IDX file, or photos. */
export type CollectionSource =
  | {
      readonly kind: 'idx'
      readonly images: string
      readonly labels?: string | undefined
      /** the images [from, to) */
      readonly from?: number
      readonly to?: number | undefined
    }
  | {
      readonly kind: 'photos'
      readonly paths: readonly string[]
      /** patches cut from each; none: each photo whole, as a thumbnail */
      readonly patches?: number
    }

export interface CollectionItem {
  readonly name: string
  /** of the photo's file, or of the small image's bytes */
  readonly sha256: string
  /** null for an image of an IDX file */
  readonly path: string | null
  /** place in the collection's `labels` */
  readonly label: number | null
}

/** A model's codes of a collection of images. */
export interface Collection {
  readonly model: Model
  readonly items: readonly CollectionItem[]
  /** digits' classes, or the names of the photos' folders */
  readonly labels: readonly string[]
  readonly points: Points
  /** the images as the model saw them: values in [0, 1] */
  readonly values: Float32Array
  /** sentences about what was left out */
  readonly skipped: readonly string[]
}

export interface CollectOptions {
  readonly signal?: AbortSignal | undefined
  /** 0 to 1 */
  readonly onProgress?: ((fraction: number) => void) | undefined
}

const atOnce = 2000

/**
 * Encodes a collection; codes that the catalog has are not computed again, new ones are kept there.
 * @throws AppError `bad-input` where images and model do not fit together; what reading them throws
 */
export async function collect(
  core: Core,
  model: Model,
  source: CollectionSource,
  { signal, onProgress }: CollectOptions = {},
): Promise<Collection> {
  const read =
    source.kind === 'idx' ? await readIdx(source) : await readPhotos(model, source, { signal, onProgress })
  const { images, items } = read
  const shape = imageShapeOf(model)
  const size = images.rows * images.columns * images.channels
  if (size !== shape.rows * shape.columns * shape.channels) {
    throw new AppError(
      'bad-input',
      `model '${model.id}' takes ${shape.rows} x ${shape.columns} x ${shape.channels} values, the images have ` +
        `${images.rows} x ${images.columns} x ${images.channels}`,
    )
  }
  const indices = items.map((_, i) => i)
  const { images: values } = idxSubset(images, indices)
  const known = indices.map((i) => knownCode(core, model, items[i]!.sha256))
  const missing = indices.filter((i) => !known[i])
  for (let from = 0; from < missing.length; from += atOnce) {
    const part = missing.slice(from, from + atOnce)
    const input = new Float32Array(part.length * size)
    for (const [place, i] of part.entries())
      input.set(values.subarray(i * size, (i + 1) * size), place * size)
    const request = { model: refOf(model), count: part.length, values: input }
    const { codes, codeLength } = await core.inference.call('encodeVectors', request, { signal })
    const latents = part.map((_, place) => codes.slice(place * codeLength, (place + 1) * codeLength))
    core.catalog.codes.putMany(
      part.map((i, place) => ({
        ...{ imageSha256: items[i]!.sha256, modelSha256: model.sha256 },
        latent: { shape: [codeLength], data: latents[place]! },
      })),
    )
    for (const [place, i] of part.entries()) known[i] = latents[place]!
    onProgress?.(0.5 + (0.5 * (from + part.length)) / missing.length)
  }
  const length = known[0]!.length
  const codes = new Float32Array(items.length * length)
  for (const [i, code] of known.entries()) codes.set(code!, i * length)
  const { labels, skipped } = read
  return { model, items, labels, points: pointsOf(codes, length), values, skipped }
}

function knownCode({ catalog }: Core, model: Model, sha256: string): Float32Array | undefined {
  const code = catalog.codes.find(sha256, model.sha256)
  return code?.shape ? catalog.codes.latent(code.id)?.data : undefined
}

interface ReadCollection {
  readonly images: IdxImages
  readonly items: readonly CollectionItem[]
  readonly labels: readonly string[]
  readonly skipped: readonly string[]
}

async function readIdx(source: Extract<CollectionSource, { kind: 'idx' }>): Promise<ReadCollection> {
  const all = await idxImages(source.images, source.labels)
  const { from = 0, to = all.count } = source
  if (!(from >= 0 && from < to && to <= all.count)) {
    throw new AppError('bad-input', `${source.images} holds ${all.count} images; asked for ${from} to ${to}`)
  }
  const size = all.rows * all.columns * all.channels
  const pixels = all.pixels.subarray(from * size, to * size)
  const items = Array.from({ length: to - from }, (_, i) => ({
    name: String(from + i),
    sha256: createHash('sha256')
      .update(pixels.subarray(i * size, (i + 1) * size))
      .digest('hex'),
    path: null,
    label: all.labels ? all.labels[from + i]! : null,
  }))
  const classes = all.labels ? Math.max(...all.labels) + 1 : 0
  const labels = Array.from({ length: classes }, (_, i) => String(i))
  return { images: { ...all, count: items.length, pixels }, items, labels, skipped: [] }
}

async function readPhotos(
  model: Model,
  { paths, patches = 0 }: Extract<CollectionSource, { kind: 'photos' }>,
  options: CollectOptions,
): Promise<ReadCollection> {
  const { signal, onProgress } = options
  const shape = imageShapeOf(model)
  const { images, photoOf, skipped } = await smallPhotos(paths, {
    ...{ ...shape, seed: 0, signal },
    ...{
      view: patches > 0 ? ('patch' as const) : ('thumbnail' as const),
      patchesPerPhoto: Math.max(1, patches),
    },
    onProgress: (done, total) => onProgress?.((0.5 * done) / total),
  })
  // Whole photos are told apart by their folders, patches by their photos.
  const labelOf = (path: string) => basename(patches > 0 ? path : dirname(path))
  const labels = [...new Set(paths.map(labelOf))].sort()
  const items: CollectionItem[] = []
  const size = images.pixels.length / images.count
  for (const [i, photo] of photoOf.entries()) {
    signal?.throwIfAborted()
    const path = paths[photo]!
    // A patch is named by its own pixels: the file's hash is that of all of its patches.
    const pixels = images.pixels.subarray(i * size, (i + 1) * size)
    const sha256 = patches > 0 ? createHash('sha256').update(pixels).digest('hex') : await hashFile(path)
    items.push({ name: basename(path), sha256, path, label: labels.indexOf(labelOf(path)) })
  }
  return { images, items, labels, skipped }
}
