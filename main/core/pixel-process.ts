import { blendDenoised } from '../../shared/blend/blend.ts'
import { lostDetail } from '../../shared/blend/lost-detail.ts'
import type { FloatImage } from '../../shared/image.ts'
import { psnr } from '../../shared/metrics/psnr.ts'
import { residualHistogram } from '../../shared/metrics/residual-histogram.ts'
import { ssim } from '../../shared/metrics/ssim.ts'
import { addNoise } from '../../shared/noise/add-noise.ts'
import { clip, quantise } from '../../shared/noise/steps.ts'
import { serveTasks } from '../engine/serve.ts'
import { newSamples } from '../imaging/raster.ts'
import { rasterTile, setTile } from '../imaging/tile-pixels.ts'
import { estimateRasterNoise } from './denoise.ts'
import type { PixelTasks, PlainPicture } from './pixel-tasks.ts'

/** The smallest side that SSIM's window fits into. */
const ssimSide = 11

serveTasks<PixelTasks>({
  noise({ model, parameters, seed, bits, depth, ...picture }) {
    const clean = floats(picture)
    const clipped = clip(addNoise(clean, { model, parameters, seed }))
    const noisy = bits === null ? clipped : quantise(clipped, bits)
    return {
      noisy: samples(noisy, depth),
      psnrDb: psnr(noisy, clean),
      histogram: residualHistogram(clean, noisy),
    }
  },
  estimate: (picture) => estimateRasterNoise(picture),
  similarity({ a, b }) {
    const [before, after] = [floats(a), floats(b)]
    const isLarge = Math.min(a.width, a.height) >= ssimSide
    return { psnrDb: psnr(after, before), ssim: isLarge ? ssim(after, before) : null }
  },
  blend({ original, clean, sigma255, blend }) {
    const [before, after] = [floats(original), floats(clean)]
    const lost = blend.detail > 0 ? lostDetail(before, after, sigma255 / 255) : undefined
    return samples(blendDenoised(before, after, blend, lost), original.pixels instanceof Uint8Array ? 8 : 16)
  },
  residual: ({ a, b }) => residualHistogram(floats(a), floats(b)),
})

function floats(picture: PlainPicture): FloatImage {
  const { width, height } = picture
  return rasterTile(picture, { x: 0, y: 0, width, height })
}

function samples(image: FloatImage, depth: 8 | 16) {
  const { width, height, channels } = image
  const pixels = newSamples(width * height * channels, depth)
  setTile({ width, height, channels, pixels }, { x: 0, y: 0, width, height }, image)
  return pixels
}
