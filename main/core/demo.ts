import { basename, extname, join } from 'node:path'
import { psnr } from '../../shared/metrics/psnr.ts'
import { ssim } from '../../shared/metrics/ssim.ts'
import { addNoise } from '../../shared/noise/add-noise.ts'
import { clip } from '../../shared/noise/steps.ts'
import { findImages } from '../imaging/find.ts'
import { blankLike, type Raster } from '../imaging/raster.ts'
import { readImage } from '../imaging/read.ts'
import { sideBySide } from '../imaging/side-by-side.ts'
import { rasterTile, setTile } from '../imaging/tile-pixels.ts'
import { writeImage } from '../imaging/write.ts'
import { makeFolder, projectRoot } from '../platform/folders.ts'
import type { Core } from './core.ts'
import { denoiseRaster, estimateRasterNoise } from './denoise.ts'
import { findModel, refOf } from './model-library.ts'

export interface DemoRow {
  readonly name: string
  readonly sigma255: number
  readonly estimatedSigma255: number
  readonly psnrBefore: number
  readonly psnrAfter: number
  readonly ssimBefore: number
  readonly ssimAfter: number
  readonly seconds: number
  readonly megapixelsPerSecond: number
  /** original, noisy and denoised side by side */
  readonly picture: string
}

export const sampleFolder = join(projectRoot, 'assets', 'samples')
const sigmas255 = [15, 25, 50, 35]

/** Injects noise into the bundled photos, denoises them without being told the level, and compares. */
export async function* runDemo(core: Core, output: string, signal?: AbortSignal): AsyncGenerator<DemoRow> {
  const model = refOf(findModel(core.catalog, 'denoiser'))
  await makeFolder(output)
  for (const [index, { path }] of (await findImages([sampleFolder])).entries()) {
    const original = await readImage(path, signal ? { signal } : {})
    const { width, height } = original
    const sigma255 = sigmas255[index % sigmas255.length]
    const whole = { x: 0, y: 0, width, height }
    const clean = rasterTile(original, whole)
    // As a camera's file has it: clipped, and rounded to the photo's 8 bits.
    const noisy = rasterOf(
      original,
      clip(addNoise(clean, { model: 'gaussian', parameters: { sigma255 }, seed: index })),
    )
    const before = rasterTile(noisy, whole)
    const noise = estimateRasterNoise(noisy)
    const started = performance.now()
    const work = { ...noisy, pixels: noisy.pixels.slice() }
    const denoised = await denoiseRaster(core.inference, model, work, { ...noise, signal })
    const seconds = (performance.now() - started) / 1000
    const after = rasterTile(denoised, whole)
    const name = basename(path, extname(path))
    const picture = join(output, `${name}.jpg`)
    const labels = ['original', `noise, sigma ${sigma255}`, 'denoised']
    await writeImage(picture, await sideBySide([original, noisy, denoised], labels), {
      ...{ format: 'jpeg', quality: 92, overwrite: true },
    })
    yield {
      ...{ name, sigma255, estimatedSigma255: noise.sigma255, picture, seconds },
      psnrBefore: psnr(before, clean),
      psnrAfter: psnr(after, clean),
      ssimBefore: ssim(before, clean),
      ssimAfter: ssim(after, clean),
      megapixelsPerSecond: (width * height) / 1e6 / seconds,
    }
  }
}

function rasterOf(like: Raster, image: ReturnType<typeof rasterTile>): Raster {
  const raster = blankLike(like)
  setTile(raster, { x: 0, y: 0, width: like.width, height: like.height }, image)
  return raster
}
