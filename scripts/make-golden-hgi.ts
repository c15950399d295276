import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeTile } from '../main/code/encode-tile.ts'
import { readModel } from '../main/core/loaded-models.ts'
import { readImage } from '../main/imaging/read.ts'
import { rasterTile } from '../main/imaging/tile-pixels.ts'
import { readCard } from '../main/models/card.ts'

// Codes the tiles of test/golden/hgi anew with the bundled codec: after a change of its weights or of the format, and
// only then. What they hold is what every other machine must decode.
const root = join(import.meta.dirname, '..')
const golden = join(root, 'test/golden/hgi')
const folder = join(root, 'assets/models/codec')
const { weights } = await readCard(folder)
const model = { folder, sha256: weights.sha256 }
const loaded = await readModel(model)
for (const name of (await readdir(golden)).filter((file) => file.endsWith('.json'))) {
  const path = join(golden, name)
  const { levelQ, rows, columns } = JSON.parse(await readFile(path, 'utf8'))
  const photo = await readImage(join(root, 'assets/samples', name.replace('.json', '.jpg')))
  const [width, height] = [columns * 16, rows * 16]
  const [x, y] = [(photo.width - width) >> 1, (photo.height - height) >> 1]
  const { data: pixels } = rasterTile(photo, { x, y, width, height })
  const core = { x: 0, y: 0, width, height }
  const input = { model, levelQ, effort: 1, width, height, pixels, core } as const
  const { stream, symbolsCrc32 } = await encodeTile(loaded, input)
  const tile = { levelQ, rows, columns, symbolsCrc32, stream: Buffer.from(stream).toString('base64') }
  await writeFile(path, `${JSON.stringify(tile)}\n`)
  console.log(`${name}: ${stream.length} bytes at level ${levelQ}`)
}
process.exit(0)
