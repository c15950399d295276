import { dirname, resolve } from 'node:path'
import type { Command } from 'commander'
import { axesOf } from '../../../core/latents/axes.ts'
import type { Collection } from '../../../core/latents/collection.ts'
import { imageGrid, imageShapeOf } from '../../../core/latents/image-shape.ts'
import { refOf } from '../../../core/model-library.ts'
import { writeImage } from '../../../imaging/write.ts'
import { meanOf, pointAt } from '../../../latents/points.ts'
import { linearPath, sphericalPath, traversal } from '../../../latents/walk.ts'
import { makeFolder } from '../../../platform/folders.ts'
import { type Context, withCore } from '../../context.ts'
import { whole, within } from '../batch-options.ts'
import { addSourceOptions, collectNamed, itemNamed, type SourceOptions } from './source.ts'

interface WalkOptions extends SourceOptions {
  steps: number
  output: string
}

interface InterpolateOptions extends WalkOptions {
  a: string
  b: string
}

interface TraverseOptions extends WalkOptions {
  axes: number
  reach: number
  at?: string
}

export function addInterpolate(latents: Command): void {
  addSourceOptions(latents.command('interpolate [paths...]'))
    .description(
      'decode the codes on the way from one image to another: straight, or for a vae along the sphere',
    )
    .requiredOption('--a <image>', "the one's name, or an IDX image's index")
    .requiredOption('--b <image>', "the other's")
    .option('--steps <n>', 'how many images', whole(2, 200), 12)
    .option('-o, --output <file>', 'the picture', 'latents/interpolation.png')
    .action((paths: string[], _, self: Command) => {
      const options = self.optsWithGlobals<InterpolateOptions>()
      return withCore(options, (context) => interpolate(context, paths, options))
    })
}

export function addTraverse(latents: Command): void {
  addSourceOptions(latents.command('traverse [paths...]'))
    .description(
      "decode codes along the collection's principal axes, or a vae's own dimensions; one row for each",
    )
    .option('--axes <n>', 'how many', whole(1, 512), 8)
    .option('--steps <n>', 'images in each row', whole(2, 200), 11)
    .option('--reach <n>', 'deviations to both sides', within(0.1, 10), 2.5)
    .option('--at <image>', 'start from this image, not from the mean code')
    .option('-o, --output <file>', 'the picture', 'latents/traversal.png')
    .action((paths: string[], _, self: Command) => {
      const options = self.optsWithGlobals<TraverseOptions>()
      return withCore(options, (context) => traverse(context, paths, options))
    })
}

async function interpolate(context: Context, paths: string[], options: InterpolateOptions): Promise<void> {
  const collection = await collectNamed(context, paths, options)
  const { points, items, model } = collection
  const [a, b] = [options.a, options.b].map((name) => itemNamed(collection, name)) as [number, number]
  const path = model.architecture === 'vae' ? sphericalPath : linearPath
  const codes = path(pointAt(points, a), pointAt(points, b), options.steps)
  const output = await decoded(context, collection, codes, options.steps, options.output)
  context.out.result({ a: items[a]!.name, b: items[b]!.name, steps: options.steps, output })
  context.out.text(`${options.steps} images from ${items[a]!.name} to ${items[b]!.name}: ${output}`)
}

async function traverse(context: Context, paths: string[], options: TraverseOptions): Promise<void> {
  const collection = await collectNamed(context, paths, options)
  const { points } = collection
  const axes = axesOf(collection).slice(0, options.axes)
  const centre =
    options.at === undefined ? meanOf(points) : pointAt(points, itemNamed(collection, options.at))
  const { steps, reach } = options
  const codes = axes.flatMap(({ direction, deviation }) =>
    traversal(centre, direction, deviation, steps, reach),
  )
  const output = await decoded(context, collection, codes, steps, options.output)
  const rows = axes.map(({ name, deviation }) => ({ name, deviation }))
  context.out.result({ axes: rows, steps, reach, output })
  context.out.text(`${axes.length} rows, from -${reach} to +${reach} deviations: ${output}`)
}

/** Decodes codes into a picture of so many in a row. */
async function decoded(
  { core, signal }: Context,
  { model }: Collection,
  codes: readonly Float32Array[],
  perRow: number,
  output: string,
): Promise<string> {
  const length = codes[0]!.length
  const joined = new Float32Array(codes.length * length)
  for (const [i, code] of codes.entries()) joined.set(code, i * length)
  const request = { model: refOf(model), count: codes.length, codes: joined }
  const images = await core.inference.call('decodeCodes', request, { signal })
  const path = resolve(output)
  await makeFolder(dirname(path))
  await writeImage(path, imageGrid(images, imageShapeOf(model), perRow), { format: 'png', overwrite: true })
  return path
}
