import { stat } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import type { HgiInspection, HgiOpenFacts } from '../../../shared/contract/compress.ts'
import type { PreviewEvent } from '../../../shared/contract/preview.ts'
import { codeGrid, latentRect, tileRect } from '../../code/grid.ts'
import { qualityOfLevel } from '../../code/level.ts'
import { type HgiFile, openHgi } from '../codec/hgi-file.ts'
import { modelOfFile } from '../codec/models-of-files.ts'
import type { Core } from '../core.ts'
import { decompress } from '../decompress.ts'
import { type Pictures, requestKey } from '../pictures/pictures.ts'
import { bitsGrid, placeBits } from './bits.ts'
import { preview } from './preview.ts'

/** The head of an .hgi file. @throws AppError as `openHgi` */
export async function inspectHgi(core: Pick<Core, 'catalog'>, path: string): Promise<HgiInspection> {
  const file = await openHgi(path)
  try {
    return inspectionOf(core, file)
  } finally {
    await file.close()
  }
}

function inspectionOf({ catalog }: Pick<Core, 'catalog'>, { path, facts }: HgiFile): HgiInspection {
  const { levelQ, modelPrefix, modelName, tileCount, ...rest } = facts
  const model = catalog.models.byHashPrefix(modelPrefix)
  return {
    ...rest,
    ...{ path, name: basename(path), tiles: tileCount, quality: qualityOfLevel(levelQ) },
    bitsPerPixel: (8 * facts.bytes.file) / (facts.width * facts.height),
    model: model?.id ?? modelName,
    modelHash: modelPrefix,
    isModelHere: model !== undefined,
  }
}

/** The picture in an .hgi file, with what is damaged of it. */
export async function* hgiPreview(
  core: Core,
  pictures: Pictures,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<PreviewEvent<HgiOpenFacts>> {
  const { mtimeMs, size } = await stat(path).catch(() => ({ mtimeMs: 0, size: 0 }))
  const request = requestKey('hgi', { path, mtimeMs, size })
  yield* preview(
    pictures,
    request,
    signal,
    async (steps) => {
      const started = performance.now()
      const file = await openHgi(path)
      try {
        const { width, height, modelPrefix, modelName } = file.facts
        const model = modelOfFile(core.catalog, modelPrefix, path, modelName)
        const grid = codeGrid(width, height)
        const bits = bitsGrid(width, height)
        const parts = new Map<number, Float32Array>()
        const { raster, damaged, lost } = await decompress(core.inference, model, file, {
          ...{ signal: steps.signal, onProgress: steps.progress },
          onBits: (tile, found) => parts.set(tile, found),
        })
        const stored = steps.begin(raster, basename(path, extname(path)))
        stored.bits = new Float32Array(bits.rows * bits.columns)
        for (const [tile, found] of parts)
          placeBits(stored.bits, bits, latentRect(tileRect(grid, tile)), found)
        const damage = [...damaged.map(({ tile, reason }) => file.describeTile(tile, reason)), ...lost]
        const seconds = (performance.now() - started) / 1000
        return { inspection: inspectionOf(core, file), bits, damage, seconds }
      } finally {
        await file.close()
      }
    },
    'h',
  )
}
