import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Raster } from '../../imaging/raster.ts'
import { writeImage } from '../../imaging/write.ts'

/** A lossless file of a picture at its own depth, with its metadata. */
export async function encodeRaster(
  raster: Raster,
): Promise<{ type: string; extension: string; bytes: Uint8Array }> {
  const folder = await mkdtemp(join(tmpdir(), 'hourglass-'))
  try {
    const path = join(folder, 'picture.png')
    await writeImage(path, raster, { format: raster.depth === 16 ? 'png16' : 'png' })
    return { type: 'image/png', extension: '.png', bytes: await readFile(path) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
