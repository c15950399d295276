import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCore } from '../../main/core/core.ts'
import { denoiseRaster, estimateRasterNoise } from '../../main/core/denoise.ts'
import { findModel, refOf } from '../../main/core/model-library.ts'
import { findImages } from '../../main/imaging/find.ts'
import { blankLike, type Raster } from '../../main/imaging/raster.ts'
import { readImage } from '../../main/imaging/read.ts'
import { rasterTile, setTile } from '../../main/imaging/tile-pixels.ts'
import { projectRoot } from '../../main/platform/folders.ts'
import type { FloatImage } from '../../shared/image.ts'
import { psnr } from '../../shared/metrics/psnr.ts'
import { addNoise } from '../../shared/noise/add-noise.ts'

export interface JpegBench {
  readonly quality: number
  /** means over the photos, in dB */
  readonly jpeg: number
  readonly byModel: Readonly<Record<string, number>>
}

const models = ['denoiser', 'denoiser-camera'] as const
const qualities = [10, 20, 40, 70]
const most = { photos: 12, side: 320 }

/** How much of what JPEG does to photos the denoisers take away, their noise estimated; on a corner of each. */
export async function benchJpeg(folder = join(projectRoot, 'assets', 'samples')): Promise<JpegBench[]> {
  const paths = (await findImages([folder])).map(({ path }) => path).slice(0, most.photos)
  const data = await mkdtemp(join(tmpdir(), 'hourglass-bench-'))
  const core = await openCore({ data })
  try {
    const rows: JpegBench[] = []
    for (const quality of qualities) {
      let jpeg = 0
      const byModel: Record<string, number> = {}
      for (const path of paths) {
        const { raster, clean } = await corner(path)
        const damaged = quantised(addNoise(clean, { model: 'jpeg', parameters: { quality }, seed: 1 }))
        jpeg += psnr(clean, damaged) / paths.length
        for (const id of models) {
          // Denoising works in place.
          const input = filled(raster, damaged)
          const { sigma255, profile } = estimateRasterNoise(input)
          const model = refOf(findModel(core.catalog, id))
          const result = await denoiseRaster(core.inference, model, input, { sigma255, profile })
          const found = rasterTile(result, { x: 0, y: 0, width: clean.width, height: clean.height })
          byModel[id] = (byModel[id] ?? 0) + psnr(clean, found) / paths.length
        }
      }
      rows.push({ quality, jpeg, byModel })
    }
    return rows
  } finally {
    await core.close()
    await rm(data, { recursive: true, force: true })
  }
}

async function corner(path: string): Promise<{ raster: Raster; clean: FloatImage }> {
  const whole = await readImage(path)
  const width = Math.min(most.side, whole.width)
  const height = Math.min(most.side, whole.height)
  const clean = rasterTile(whole, { x: 0, y: 0, width, height })
  return { raster: { ...whole, width, height, depth: 8, alpha: null }, clean }
}

function filled(like: Raster, image: FloatImage): Raster {
  const raster = blankLike(like)
  setTile(raster, { x: 0, y: 0, width: image.width, height: image.height }, image)
  return raster
}

function quantised(image: FloatImage): FloatImage {
  return {
    ...image,
    data: image.data.map((value) => Math.round(Math.min(1, Math.max(0, value)) * 255) / 255),
  }
}
