import { qualityOfLevel } from '../../code/level.ts'
import type { OutputFormat } from '../../imaging/formats.ts'
import type { Rect } from '../../imaging/tiles.ts'
import { openHgi } from '../codec/hgi-file.ts'
import { modelOfFile } from '../codec/models-of-files.ts'
import type { CodecCore } from '../core.ts'
import { decompress } from '../decompress.ts'
import type { BatchInput, PictureWork } from './picture-batch.ts'
import { writeResult } from './picture-output.ts'

export interface DecompressInput extends BatchInput {
  readonly region: Rect | null
  /** of a small version, in pixels */
  readonly longestSide: number | null
}

/** Decompresses one .hgi file of a batch into a picture; `same` means PNG at the picture's own depth. */
export function decompressWork(core: CodecCore): PictureWork<DecompressInput> {
  return async (path, input, { signal, target, decide, progress }) => {
    const started = performance.now()
    const file = await openHgi(path)
    try {
      const { width, height, depth, levelQ, modelPrefix, modelName } = file.facts
      const format: OutputFormat = input.format === 'same' ? (depth === 16 ? 'png16' : 'png') : input.format
      const model = modelOfFile(core.catalog, modelPrefix, path, modelName)
      const quality = qualityOfLevel(levelQ).toFixed(0)
      const output = target({ model: model.id, quality, width, height, format }, format)
      const decision = await decide(output)
      if (decision === 'skip') return 'skipped'
      const { raster, damaged, lost } = await decompress(core.inference, model, file, {
        ...{ region: input.region ?? undefined, longestSide: input.longestSide ?? undefined },
        ...{ signal, onProgress: progress },
      })
      const damage = [...damaged.map(({ tile, reason }) => file.describeTile(tile, reason)), ...lost]
      const written = await writeResult(output, raster, format, input, { decision, signal })
      const megapixels = (raster.width * raster.height) / 1e6
      const seconds = (performance.now() - started) / 1000
      return {
        output,
        facts: {
          ...{ width: raster.width, height: raster.height, megapixels, seconds, ...written },
          ...(damage.length > 0 ? { damage: damage.join('; ') } : {}),
        },
      }
    } finally {
      await file.close()
    }
  }
}
