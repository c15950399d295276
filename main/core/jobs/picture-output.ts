import { dirname } from 'node:path'
import { formatOfName, type OutputFormat, outputFormats } from '../../imaging/formats.ts'
import type { Raster } from '../../imaging/raster.ts'
import { writeImage } from '../../imaging/write.ts'
import { makeFolder } from '../../platform/folders.ts'
import type { BatchInput, Decision, PictureFacts } from './picture-batch.ts'

/**
 * The output format for a picture: the one asked for, or that of its own file with its depth kept. RAW and HEIC are not
 * written: 16 bits become a 16-bit PNG, a HEIC of 8 bits a JPEG.
 */
export function formatFor(asked: OutputFormat | 'same', path: string, depth: 8 | 16): OutputFormat {
  if (asked !== 'same') return asked
  const own = formatOfName(path)
  if (own === 'jpeg' || own === 'webp' || own === 'avif') return own
  if (own === 'tiff') return 'tiff16'
  if (own === 'heic' && depth === 8) return 'jpeg'
  return depth === 16 ? 'png16' : 'png'
}

/** The depth to compute a result in: AVIF takes what it is given, the others have one of their own. */
export function depthFor(format: OutputFormat, depth: 8 | 16): 8 | 16 {
  return format === 'avif' ? depth : outputFormats[format].depth
}

/** Writes a batch's result as its input asks, and says what was written. */
export async function writeResult(
  output: string,
  result: Raster,
  format: OutputFormat,
  { quality, metadata }: BatchInput,
  { decision, signal }: { decision: Decision; signal: AbortSignal },
): Promise<PictureFacts> {
  await makeFolder(dirname(output))
  const { bytes, warnings } = await writeImage(output, result, {
    ...{ format, metadata, overwrite: decision === 'replace', signal },
    ...(quality === undefined ? {} : { quality }),
  })
  return { bytes, ...(warnings.length ? { warning: warnings.join('; ') } : {}) }
}
