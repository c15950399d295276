import { dirname, resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { imageShapeOf } from '../../../core/latents/image-shape.ts'
import { mapCollection, mapSettings, placeOnMap } from '../../../core/latents/map.ts'
import { mapPicture } from '../../../core/latents/map-picture.ts'
import { writeImage } from '../../../imaging/write.ts'
import { pointAt } from '../../../latents/points.ts'
import { makeFolder } from '../../../platform/folders.ts'
import { type Context, withCore } from '../../context.ts'
import { whole, within } from '../batch-options.ts'
import { addSourceOptions, collectNamed, type SourceOptions } from './source.ts'

interface MapOptions extends SourceOptions {
  method: 'pca' | 'umap'
  neighbours: number
  minDistance: number
  seed: number
  output: string
  place: string[]
}

export function addMap(latents: Command): void {
  addSourceOptions(latents.command('map [paths...]'))
    .description('lay the images out on a plane, as a picture and as coordinates (--json)')
    .addOption(new Option('--method <method>', 'how').choices(['pca', 'umap']).default('umap'))
    .option('--neighbours <n>', 'UMAP: how many neighbours count', whole(2, 200), 15)
    .option('--min-distance <n>', 'UMAP: how close images may come', within(0, 1), 0.1)
    .option('--seed <n>', 'UMAP: the same seed gives the same map', whole(0, 2 ** 52), 0)
    .option('--place <photos...>', 'further photos to place on the map without drawing it anew', [])
    .option('-o, --output <file>', 'the picture', 'latents/map.png')
    .action((paths: string[], _, self: Command) => {
      const options = self.optsWithGlobals<MapOptions>()
      return withCore(options, (context) => map(context, paths, options))
    })
}

async function map(context: Context, paths: string[], options: MapOptions): Promise<void> {
  const { core, out, signal } = context
  const collection = await collectNamed(context, paths, options)
  const { method, neighbours, minDistance, seed } = options
  const settings = mapSettings.parse(
    method === 'pca' ? { method } : { method, neighbours, minDistance, seed },
  )
  const started = performance.now()
  const onProgress = (fraction: number) => out.status(`drawing the map: ${Math.round(100 * fraction)} %`)
  const drawn = await mapCollection(core, collection, settings, { signal, onProgress })
  out.done()
  const seconds = (performance.now() - started) / 1000
  const output = resolve(options.output)
  await makeFolder(dirname(output))
  const { items, labels } = collection
  const groups = labels.length > 1 ? items.map(({ label }) => label ?? 0) : null
  const picture = mapPicture(drawn.xy, collection.values, imageShapeOf(collection.model), groups)
  await writeImage(output, picture, { format: 'png', overwrite: true })
  const placed = options.place.length > 0 ? await place(context, options, collection, drawn) : []
  const coordinates = items.map(({ name, label }, i) => ({
    ...{ name, label: label === null ? null : labels[label], x: drawn.xy[2 * i], y: drawn.xy[2 * i + 1] },
  }))
  out.result({ output, settings, isCached: drawn.isCached, seconds, placed, items: coordinates })
  const how = drawn.isCached ? 'found again' : `${seconds.toFixed(1)} s`
  out.text(`${items.length} images by ${method} (${how}): ${output}`)
  for (const { name, x, y } of placed) out.text(`${name}  ${x.toFixed(3)}  ${y.toFixed(3)}`)
  if (method === 'umap')
    out.text('Distances on this map mislead: see hourglass latents neighbours for those in the codes')
}

async function place(
  context: Context,
  options: MapOptions,
  collection: Awaited<ReturnType<typeof collectNamed>>,
  drawn: Awaited<ReturnType<typeof mapCollection>>,
) {
  const further = await collectNamed(context, options.place, { model: options.model })
  return further.items.map(({ name }, i) => {
    const [x, y] = placeOnMap(collection, drawn, pointAt(further.points, i))
    return { name, x, y }
  })
}
