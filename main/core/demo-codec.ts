import { stat } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { findImages } from '../imaging/find.ts'
import { writeBytes } from '../imaging/publish.ts'
import { readImage } from '../imaging/read.ts'
import { sideBySide } from '../imaging/side-by-side.ts'
import { writeImage } from '../imaging/write.ts'
import { makeFolder } from '../platform/folders.ts'
import { layOutHgi, openHgi } from './codec/hgi-file.ts'
import { compressRaster } from './compress.ts'
import type { Core } from './core.ts'
import { decompress } from './decompress.ts'
import { sampleFolder } from './demo.ts'
import { findModel, refOf } from './model-library.ts'

export interface CodecDemoRow {
  readonly name: string
  readonly originalBytes: number
  readonly bytes: number
  readonly bitsPerPixel: number
  readonly psnrDb: number
  readonly compressSeconds: number
  readonly decompressSeconds: number
  readonly file: string
  /** original and decompressed side by side */
  readonly picture: string
}

export const demoQuality = 50

/** Compresses the bundled photos into files, and decompresses the files. */
export async function* runCodecDemo(
  core: Core,
  output: string,
  signal?: AbortSignal,
): AsyncGenerator<CodecDemoRow> {
  const model = findModel(core.catalog, 'codec')
  await makeFolder(output)
  for (const { path } of await findImages([sampleFolder])) {
    const original = await readImage(path, signal ? { signal } : {})
    const { size: originalBytes } = await stat(path)
    const name = basename(path, extname(path))
    const started = performance.now()
    const layout = await layOutHgi(original, model, 'all')
    const target = { kind: 'quality', value: demoQuality } as const
    const coded = await compressRaster(core.inference, refOf(model), original, {
      ...{ target, effort: 1, fileBytes: layout.fileBytes, signal },
    })
    const file = join(output, `${name}.hgi`)
    const { sourcePath } = original.metadata
    await writeBytes(file, layout.pieces(coded.levelQ, coded.tiles), { sourcePath, overwrite: true, signal })
    const compressed = performance.now()
    const hgi = await openHgi(file)
    const { raster } = await decompress(core.inference, model, hgi, { signal }).finally(() => hgi.close())
    const decompressed = performance.now()
    const picture = join(output, `${name}-compressed.jpg`)
    const labels = [`original, ${originalBytes} bytes`, `decompressed, ${coded.bytes} bytes`]
    await writeImage(picture, await sideBySide([original, raster], labels), {
      ...{ format: 'jpeg', quality: 92, overwrite: true },
    })
    yield {
      ...{ name, originalBytes, bytes: coded.bytes, psnrDb: coded.psnrDb, file, picture },
      bitsPerPixel: (8 * coded.bytes) / (original.width * original.height),
      compressSeconds: (compressed - started) / 1000,
      decompressSeconds: (decompressed - compressed) / 1000,
    }
  }
}
