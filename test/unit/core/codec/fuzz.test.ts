import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Model } from '../../../../main/catalog/models.ts'
import { codeGrid } from '../../../../main/code/grid.ts'
import { encodePass } from '../../../../main/core/codec/encode-pass.ts'
import { layOutHgi } from '../../../../main/core/codec/hgi-file.ts'
import type { EngineTasks } from '../../../../main/core/engine-tasks.ts'
import { Engine } from '../../../../main/engine/host.ts'
import { noMetadata } from '../../../../main/imaging/raster.ts'
import { Random } from '../../../../shared/random.ts'
import { mend, mutate } from '../../../fuzz/mutate.ts'
import { readAll, rightEnds } from '../../../fuzz/read-all.ts'

const engine = new Engine<EngineTasks>(join(import.meta.dirname, '../../../fixtures/engine/block-codec.ts'))
const model: Model = {
  ...{ id: 'blocks', sha256: '0123456789abcdef'.repeat(4), task: 'compress', architecture: 'blocks' },
  ...{ folder: '', card: {}, isBundled: false, parentId: null, addedAtMs: 0 },
}
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-fuzz-'))
})
afterAll(async () => {
  await engine.close()
  await rm(folder, { recursive: true })
})

/** A small file with everything in it: alpha, metadata, a name. */
async function smallFile(): Promise<Uint8Array> {
  const [width, height] = [70, 40]
  const pixels = new Uint8Array(width * height * 3).map((_, i) => (i * 7) % 256)
  const alpha = new Uint8Array(width * height).map((_, i) => i % 256)
  const metadata = { ...noMetadata, icc: Buffer.alloc(50, 1), xmp: Buffer.from('<x/>') }
  const raster = { width, height, channels: 3, depth: 8, pixels, alpha, metadata } as const
  const grid = codeGrid(width, height)
  const context = { engine, model: { folder: '', sha256: model.sha256 }, levelQ: 500, grid }
  const { tiles } = await encodePass(raster, { ...context, effort: 0 })
  return Buffer.concat((await layOutHgi(raster, model, 'all')).pieces(500, tiles))
}

test('2,000 damaged files, half of them with right checksums, end in clear errors', {
  timeout: 300_000,
}, async () => {
  const original = await smallFile()
  const random = new Random([2024])
  const ends = new Map<string, number>()
  const path = join(folder, 'damaged.hgi')
  await writeFile(path, original)
  expect(await readAll(engine, model, path)).toBe('whole')
  for (let i = 0; i < 2000; i++) {
    const damaged = mutate(original, random)
    await writeFile(path, i % 2 ? mend(damaged) : damaged)
    const end = await readAll(engine, model, path)
    ends.set(end, (ends.get(end) ?? 0) + 1)
    expect(rightEnds, `mutant ${i}`).toContain(end)
  }
  // The mutants reach every layer.
  for (const end of ['damaged', 'corrupt', 'unsupported', 'newer'])
    expect(ends.get(end) ?? 0).toBeGreaterThan(0)
})
