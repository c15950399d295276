import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { layOutHgi } from '../../main/core/codec/hgi-file.ts'
import { compressRaster } from '../../main/core/compress.ts'
import { openCore } from '../../main/core/core.ts'
import { findModel, refOf } from '../../main/core/model-library.ts'
import { noMetadata, type Raster } from '../../main/imaging/raster.ts'
import { readImage } from '../../main/imaging/read.ts'
import { rasterTile, setTile } from '../../main/imaging/tile-pixels.ts'
import { projectRoot } from '../../main/platform/folders.ts'
import { Random } from '../../shared/random.ts'
import { mend, mutate } from './mutate.ts'
import { readAll, rightEnds } from './read-all.ts'

// npm run fuzz [-- COUNT [SEED]]: so many damaged files through the bundled codec, half of them with right checksums.
const count = Number(process.argv[2] ?? 100_000)
const seed = Number(process.argv[3] ?? 1)
const folder = await mkdtemp(join(tmpdir(), 'hourglass-fuzz-'))
const core = await openCore({ data: folder })
const path = join(folder, 'damaged.hgi')
const ends: Record<string, number> = {}
let wrong = 0
try {
  const model = findModel(core.catalog, 'codec')
  const original = await smallFile()
  const random = new Random([seed])
  const started = performance.now()
  let slowestMs = 0
  for (let i = 0; i < count; i++) {
    const damaged = mutate(original, random)
    const bytes = i % 2 ? mend(damaged) : damaged
    await writeFile(path, bytes)
    const before = performance.now()
    const end = await readAll(core.inference, model, path)
    slowestMs = Math.max(slowestMs, performance.now() - before)
    ends[end] = (ends[end] ?? 0) + 1
    if (!(rightEnds as readonly string[]).includes(end)) {
      wrong++
      const kept = join(tmpdir(), `hourglass-fuzz-${seed}-${i}.hgi`)
      await writeFile(kept, bytes)
      console.error(`mutant ${i} ended in '${end}'; kept as ${kept}`)
    }
    if ((i + 1) % 10_000 === 0) console.log(`${i + 1} of ${count}: ${JSON.stringify(ends)}`)
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(0)
  const memory = (process.memoryUsage().rss / 1e6).toFixed(0)
  console.log(`${count} damaged files in ${seconds} s, ${wrong} ended wrongly; ends: ${JSON.stringify(ends)}`)
  console.log(`slowest ${slowestMs.toFixed(0)} ms; memory of this process ${memory} MB`)

  async function smallFile(): Promise<Uint8Array> {
    const photo = await readImage(join(projectRoot, 'assets/samples/lake.jpg'))
    const [width, height] = [150, 90]
    const whole = { x: 0, y: 0, width, height }
    const pixels = new Uint8Array(width * height * 3)
    const alpha = new Uint8Array(width * height).map((_, i) => i % 256)
    const metadata = { ...noMetadata, icc: Buffer.alloc(50, 1), xmp: Buffer.from('<x/>') }
    const raster: Raster = { width, height, channels: 3, depth: 8, pixels, alpha, metadata }
    setTile(raster, whole, rasterTile(photo, { ...whole, x: 300, y: 250 }))
    const layout = await layOutHgi(raster, model, 'all')
    const { levelQ, tiles } = await compressRaster(core.inference, refOf(model), raster, {
      ...{ target: { kind: 'quality', value: 40 }, effort: 0, fileBytes: layout.fileBytes },
    })
    return Buffer.concat(layout.pieces(levelQ, tiles))
  }
} finally {
  await core.close()
  await rm(folder, { recursive: true })
}
if (wrong > 0) process.exitCode = 1
