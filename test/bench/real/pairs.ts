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

/** NAME_noisy.png and NAME_clean.png of a folder, by name. */
export async function readPairs(folder: string): Promise<Pair[]> {
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
        noisy: await read(join(folder, file)),
        clean: await read(join(folder, `${name}_clean.png`)),
      }
    }),
  )
}

async function read(path: string): Promise<FloatImage> {
  const raster = await readImage(path)
  return rasterTile(raster, { x: 0, y: 0, width: raster.width, height: raster.height }, { asRgb: true })
}
