import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import type { Savings } from '../../../shared/contract/savings.ts'
import { toAppError } from '../../../shared/errors.ts'
import type { Model } from '../../catalog/models.ts'
import { middleOf } from '../../imaging/middle-of.ts'
import { probeImage } from '../../imaging/probe.ts'
import type { Raster } from '../../imaging/raster.ts'
import { readImage } from '../../imaging/read.ts'
import { weightsPath } from '../../models/card.ts'
import { layOutHgi } from '../codec/hgi-file.ts'
import type { CompressTarget } from '../codec/seek-level.ts'
import { compressRaster } from '../compress.ts'
import type { Core } from '../core.ts'
import { refOf } from '../model-library.ts'

/** As the window and the command line propose. */
const quality = 60
const mostPhotos = 12
/** of the archive, whose size in pixels is looked up */
const mostProbed = 200

export interface SavingsRequest {
  readonly parent: Model
  readonly model: Model
  readonly training: readonly string[]
  readonly heldOut: readonly string[]
  readonly signal?: AbortSignal | undefined
  readonly onPhoto?: ((done: number, of: number) => void) | undefined
}

/**
 * Codes held-out photos with both models, the second at the PSNR that the first reaches on each, decoded and measured.
 * Photos that cannot be read, or on which the second does not reach it, are left out of both sums.
 */
export async function measureSavings(
  core: Pick<Core, 'training'>,
  { parent, model, training, heldOut, signal, onPhoto }: SavingsRequest,
): Promise<Savings | null> {
  const chosen = spread(heldOut, mostPhotos)
  const sums = { photos: 0, pixels: 0, before: { bytes: 0, psnrDb: 0 }, after: { bytes: 0, psnrDb: 0 } }
  const code = async (raster: Raster, by: Model, target: CompressTarget) => {
    const { fileBytes } = await layOutHgi(raster, by, 'none')
    return compressRaster(core.training, refOf(by), raster, { target, effort: 1, fileBytes, signal })
  }
  for (const [i, path] of chosen.entries()) {
    signal?.throwIfAborted()
    onPhoto?.(i, chosen.length)
    try {
      const raster = { ...middleOf(await readImage(path, signal ? { signal } : {})), alpha: null }
      const before = await code(raster, parent, { kind: 'quality', value: quality })
      const after = await code(raster, model, { kind: 'psnr', value: before.psnrDb })
      sums.photos++
      sums.pixels += raster.width * raster.height
      for (const [sum, one] of [
        [sums.before, before],
        [sums.after, after],
      ] as const) {
        sum.bytes += one.bytes
        sum.psnrDb += one.psnrDb
      }
    } catch (error) {
      if (['aborted', 'engine', 'internal'].includes(toAppError(error).code)) throw error
    }
  }
  if (sums.photos === 0) return null
  const { photos, pixels } = sums
  const meanOf = ({ bytes, psnrDb }: { bytes: number; psnrDb: number }, { id }: Model) => ({
    ...{ model: id, bytes, psnrDb: psnrDb / photos },
  })
  return {
    ...{ quality, photos, pixels },
    before: meanOf(sums.before, parent),
    after: meanOf(sums.after, model),
    archive: await sizeOf([...training, ...heldOut]),
    modelBytes: (await stat(weightsPath(model.folder))).size,
  }
}

async function sizeOf(paths: readonly string[]): Promise<Savings['archive']> {
  let [pixels, known] = [0, 0]
  for (const path of spread(paths, mostProbed)) {
    const facts = await probeImage(path).catch(() => null)
    if (!facts) continue
    pixels += facts.width * facts.height
    known++
  }
  return { photos: paths.length, pixels: known > 0 ? Math.round((pixels / known) * paths.length) : 0 }
}

/** So many of them, from all over. */
function spread<T>(items: readonly T[], count: number): readonly T[] {
  if (items.length <= count) return items
  return Array.from({ length: count }, (_, i) => items[Math.floor(((i + 0.5) * items.length) / count)]!)
}

/** Kept with the run. */
export function writeSavings(folder: string, savings: Savings): Promise<void> {
  return writeFileAtomic(join(folder, 'savings.json'), `${JSON.stringify(savings, null, 1)}\n`)
}

export async function readSavings(folder: string): Promise<Savings | null> {
  const text = await readFile(join(folder, 'savings.json'), 'utf8').catch(() => null)
  return text === null ? null : (JSON.parse(text) as Savings)
}
