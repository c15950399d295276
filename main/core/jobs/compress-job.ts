import { dirname } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { qualityOfLevel } from '../../code/level.ts'
import { hashFile } from '../../imaging/hash.ts'
import { probeImage } from '../../imaging/probe.ts'
import { writeBytes } from '../../imaging/publish.ts'
import { readImage } from '../../imaging/read.ts'
import { makeFolder } from '../../platform/folders.ts'
import { layOutHgi } from '../codec/hgi-file.ts'
import type { CompressTarget } from '../codec/seek-level.ts'
import { compressRaster } from '../compress.ts'
import type { CodecCore } from '../core.ts'
import type { Effort } from '../engine-tasks.ts'
import { makeReady } from '../make-ready.ts'
import { findModel, refOf } from '../model-library.ts'
import type { BatchInput, PictureFacts, PictureWork } from './picture-batch.ts'

export interface CompressInput extends BatchInput {
  readonly model: string
  readonly target: CompressTarget
  readonly effort: Effort
}

/** Compresses one picture of a batch into an .hgi file; one that would be larger than the original is not written. */
export function compressWork(core: CodecCore, modelId: string): PictureWork<CompressInput> {
  const model = findModel(core.catalog, modelId)
  if (model.task !== 'compress') {
    throw new AppError('bad-input', `model '${modelId}' is for '${model.task}', not for compressing`)
  }
  return async (path, input, { signal, target, decide, progress }) => {
    const started = performance.now()
    const { width, height, bytes: originalBytes, format: originalFormat } = await probeImage(path)
    const nameOf = (quality: number) =>
      target({ model: modelId, quality: quality.toFixed(0), width, height, format: 'hgi' }, 'hgi')
    // A name without {quality} is known before it is, so that finished pictures are not even decoded.
    const asked = input.target.kind === 'quality' ? input.target.value : null
    const named = asked !== null || !input.template.includes('{quality}')
    if (named && (await decide(nameOf(asked ?? 0))) === 'skip') return 'skipped'

    makeReady(core.inference, refOf(model), signal)
    const source = await readImage(path, { signal })
    const layout = await layOutHgi(source, model, input.metadata)
    const result = await compressRaster(core.inference, refOf(model), source, {
      ...{ target: input.target, effort: input.effort, signal, onProgress: progress },
      fileBytes: layout.fileBytes,
    })
    const quality = qualityOfLevel(result.levelQ)
    const megapixels = (width * height) / 1e6
    const { bytes, psnrDb, note } = result
    const facts: PictureFacts = {
      ...{ quality, bytes, psnr_dB: psnrDb, originalBytes, originalFormat, megapixels },
      bitsPerPixel: (8 * bytes) / (width * height),
      savedShare: 1 - bytes / originalBytes,
      tiles: result.tiles.length,
      estimatedBits: result.estimatedBits,
      ...(note && { note }),
    }
    if (bytes > originalBytes) {
      const left = `its file would take ${bytes} bytes, the original has ${originalBytes}: left out`
      return { output: null, facts: { ...facts, left } }
    }
    const output = nameOf(asked ?? quality)
    const decision = await decide(output)
    if (decision === 'skip') return 'skipped'
    await makeFolder(dirname(output))
    const { sourcePath } = source.metadata
    await writeBytes(output, layout.pieces(result.levelQ, result.tiles), {
      ...{ sourcePath, overwrite: decision === 'replace', signal },
    })
    core.catalog.codes.put({
      ...{ imageSha256: await hashFile(path, signal), modelSha256: model.sha256, quality },
      ...{ bytes, bitsPerPixel: (8 * bytes) / (width * height), psnrDb, path: output },
      fileSha256: await hashFile(output, signal),
    })
    return { output, facts: { ...facts, seconds: (performance.now() - started) / 1000 } }
  }
}
