import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { AppError } from '../../../../shared/errors.ts'
import type { Core } from '../../../core/core.ts'
import { type Collection, type CollectionSource, collect } from '../../../core/latents/collection.ts'
import { findModel } from '../../../core/model-library.ts'
import { findImages } from '../../../imaging/find.ts'
import { imageExtensions } from '../../../imaging/formats.ts'
import type { Context, GlobalOptions } from '../../context.ts'
import { whole } from '../batch-options.ts'

/** The options every command about a collection's codes has. */
export interface SourceOptions extends GlobalOptions {
  model: string
  labels?: string
  dataset?: string
  recursive?: boolean
  from?: number
  to?: number
}

export function addSourceOptions(command: Command): Command {
  return command
    .requiredOption('--model <id>', 'a dense, conv or vae model')
    .option('--labels <file>', 'IDX: its file of labels')
    .option('--from <n>', 'IDX: index of the first image', whole(0, 1e9))
    .option('--to <n>', 'IDX: index behind the last image', whole(1, 1e9))
    .option('--dataset <name>', 'photos: a collection of the catalog')
    .option('-r, --recursive', 'photos: go into folders below folders; folders are labels')
}

/** One IDX file, or photos. */
export async function sourceOf(
  core: Core,
  paths: readonly string[],
  options: SourceOptions,
): Promise<CollectionSource> {
  if (options.dataset !== undefined) {
    const dataset = core.catalog.datasets.byName(options.dataset)
    if (!dataset)
      throw new AppError('not-found', `no dataset '${options.dataset}'; see: hourglass import --help`)
    return { kind: 'photos', paths: core.catalog.datasets.images(dataset.id).map(({ path }) => path) }
  }
  if (paths.length === 0)
    throw new AppError('bad-input', 'name an IDX file, photos or folders, or a --dataset')
  const [path] = paths.map((each) => resolve(each))
  const isFile = (await stat(path!).catch(() => null))?.isFile() ?? false
  if (
    paths.length === 1 &&
    isFile &&
    !imageExtensions.some((ending) => path!.toLowerCase().endsWith(ending))
  ) {
    const labels = options.labels === undefined ? undefined : resolve(options.labels)
    return {
      kind: 'idx',
      images: path!,
      labels,
      ...(options.from ? { from: options.from } : {}),
      to: options.to,
    }
  }
  const found = await findImages(paths, { recursive: options.recursive ?? false })
  return { kind: 'photos', paths: found.map((image) => image.path) }
}

/** The codes of what is named, with progress on the terminal. */
export async function collectNamed(
  { core, out, signal }: Context,
  paths: readonly string[],
  options: SourceOptions,
  modelId = options.model,
): Promise<Collection> {
  const source = await sourceOf(core, paths, options)
  const collection = await collect(core, findModel(core.catalog, modelId), source, {
    signal,
    onProgress: (fraction) => out.status(`encoding: ${Math.round(100 * fraction)} %`),
  })
  out.done()
  for (const text of collection.skipped) console.error(`hourglass: ${text}`)
  return collection
}

/** An item by its name or, of an IDX file, its index. @throws AppError `not-found` */
export function itemNamed({ items }: Collection, name: string): number {
  const index = items.findIndex((item) => item.name === name || item.path === resolve(name))
  if (index >= 0) return index
  throw new AppError(
    'not-found',
    `no image '${name}' among the ${items.length}; the first is '${items[0]!.name}'`,
  )
}
