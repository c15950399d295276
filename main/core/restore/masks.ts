import { createHash } from 'node:crypto'
import { readdir, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { noMetadata } from '../../imaging/raster.ts'
import { writeImage } from '../../imaging/write.ts'
import { makeFolder } from '../../platform/folders.ts'

/** Masks are small; those used longest ago go. */
const mostKept = 500

export function maskFolder(data: string): string {
  return join(data, 'masks')
}

/** @throws AppError `not-found` for a mask that is not kept (any more) */
export async function keptMask(data: string, key: string): Promise<string> {
  const path = join(maskFolder(data), `${key}.png`)
  if (await stat(path).catch(() => null)) return path
  throw new AppError('not-found', 'this mask is no longer kept: mark the lost pixels again')
}

/**
 * Writes a mask into the data folder as a picture, white where pixels are lost.
 * @returns its key; the same pixels have the same
 */
export async function keepMask(
  data: string,
  { width, height }: { width: number; height: number },
  mask: Uint8Array,
): Promise<string> {
  const hash = createHash('sha256').update(`${width} ${height}`).update(mask).digest('hex')
  const key = `m${hash.slice(0, 32)}`
  const folder = maskFolder(data)
  const path = join(folder, `${key}.png`)
  const now = new Date()
  if (await stat(path).catch(() => null)) {
    await utimes(path, now, now)
    return key
  }
  await makeFolder(folder)
  const pixels = mask.map((value) => 255 * value)
  const raster = { width, height, channels: 1, depth: 8, pixels, alpha: null, metadata: noMetadata } as const
  await writeImage(path, raster, { format: 'png', overwrite: true })
  await prune(folder)
  return key
}

async function prune(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => /^m[0-9a-f]{32}\.png$/.test(name))
  if (names.length <= mostKept) return
  const dated = await Promise.all(
    names.map(async (name) => ({ name, ms: (await stat(join(folder, name))).mtimeMs })),
  )
  dated.sort((a, b) => b.ms - a.ms)
  for (const { name } of dated.slice(mostKept)) await rm(join(folder, name), { force: true })
}
