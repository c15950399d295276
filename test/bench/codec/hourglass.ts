import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { codeGrid } from '../../../main/code/grid.ts'
import { levelOfQuality } from '../../../main/code/level.ts'
import { encodePass } from '../../../main/core/codec/encode-pass.ts'
import { layOutHgi, openHgi } from '../../../main/core/codec/hgi-file.ts'
import { openCore } from '../../../main/core/core.ts'
import { decompress } from '../../../main/core/decompress.ts'
import type { Effort, EngineTasks } from '../../../main/core/engine-tasks.ts'
import { findModel, importModel, refOf } from '../../../main/core/model-library.ts'
import { Engine } from '../../../main/engine/host.ts'
import { noMetadata } from '../../../main/imaging/raster.ts'
import type { BenchCodec, Picture } from './types.ts'

export interface HourglassBench {
  readonly modelSha256: string
  codec(effort: Effort): BenchCodec
  /** Milliseconds that went into coding and decoding symbols since the last call. */
  entropyMs(): { encode: number; decode: number }
  close(): Promise<void>
}

const allQualities = [1, 12, 25, 40, 55, 70, 85, 100]

/** The codec as the command line runs it, in an engine process that clocks its entropy coder. */
export async function openHourglass(
  model: string,
  threads: number,
  qualities: readonly number[] = allQualities,
): Promise<HourglassBench> {
  const folder = mkdtempSync(join(tmpdir(), 'hourglass-bench-'))
  const clock = join(folder, 'entropy-ms')
  process.env.HOURGLASS_BENCH_CLOCK = clock
  const core = await openCore({ data: join(folder, 'data') })
  const known = model.includes('/') ? await importModel(core, model) : findModel(core.catalog, model)
  const engine = new Engine<EngineTasks>(join(import.meta.dirname, 'clocked-engine.ts'), { threads })
  const path = join(folder, 'picture.hgi')
  return {
    modelSha256: known.sha256,
    codec: (effort) => ({
      ...{ id: `hourglass-${effort}`, label: `Hourglass, effort ${effort}`, qualities },
      async encode(picture, quality) {
        const raster = rasterOf(picture)
        const levelQ = levelOfQuality(quality)
        const grid = codeGrid(picture.width, picture.height)
        const layout = await layOutHgi(raster, known, 'all')
        const options = { engine, model: refOf(known), grid, levelQ, effort, measure: false }
        const { tiles, estimatedBits } = await encodePass(raster, options)
        return { bytes: Buffer.concat(layout.pieces(levelQ, tiles)), estimatedBits }
      },
      async decode(bytes) {
        writeFileSync(path, bytes)
        const file = await openHgi(path)
        try {
          return (await decompress(engine, known, file)).raster.pixels as Uint8Array
        } finally {
          await file.close()
        }
      },
    }),
    entropyMs() {
      appendFileSync(clock, '')
      const sums = { encode: 0, decode: 0 }
      for (const line of readFileSync(clock, 'utf8').split('\n')) {
        const [kind, ms] = line.split(' ')
        if (kind === 'encode' || kind === 'decode') sums[kind] += Number(ms)
      }
      writeFileSync(clock, '')
      return sums
    },
    async close() {
      await engine.close()
      await core.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function rasterOf({ width, height, pixels }: Picture) {
  return { width, height, channels: 3, depth: 8, pixels, alpha: null, metadata: noMetadata } as const
}
