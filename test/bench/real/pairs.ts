import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readImage } from '../../../main/imaging/read.ts'
import { rasterTile } from '../../../main/imaging/tile-pixels.ts'
import type { FloatImage } from '../../../shared/image.ts'

/** A photo with a camera's noise, and what the same camera sees without: the mean of many shots. */
export interface Pair {
  readonly name: string
  readonly noisy: FloatImage
  readonly clean: FloatImage
}

const ending = '_noisy.png'

/**
 * NAME_noisy.png and NAME_clean.png of a folder, by name.
 * @param most longest side in pixels; of larger pictures the middle
 */
export async function readPairs(folder: string, most = Number.POSITIVE_INFINITY): Promise<Pair[]> {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .sort()
  if (names.length === 0)
    throw new Error(`${folder}: expected pairs NAME_noisy.png and NAME_clean.png, found none`)
  return Promise.all(
    names.map(async (file) => {
      const name = file.slice(0, -ending.length)
      return {
        name,
        noisy: await read(join(folder, file), most),
        clean: await read(join(folder, `${name}_clean.png`), most),
      }
    }),
  )
}

async function read(path: string, most: number): Promise<FloatImage> {
  const raster = await readImage(path)
  const [width, height] = [Math.min(most, raster.width), Math.min(most, raster.height)]
  // Multiples of 8, so that JPEG's blocks keep their places.
  const [x, y] = [(raster.width - width) >> 4, (raster.height - height) >> 4].map((half) => 8 * half)
  return rasterTile(raster, { x: x!, y: y!, width, height }, { asRgb: true })
}
