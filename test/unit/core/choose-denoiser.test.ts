import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Catalog, openCatalog } from '../../../main/catalog/open.ts'
import { chooseDenoiser, learnedNoise } from '../../../main/core/choose-denoiser.ts'
import type { Core } from '../../../main/core/core.ts'
import { estimateRasterNoise } from '../../../main/core/denoise.ts'
import { type DenoiseInput, denoiseWork } from '../../../main/core/jobs/denoise-job.ts'
import { addBundledModels } from '../../../main/core/model-library.ts'
import type { PlainPicture } from '../../../main/core/pixel-tasks.ts'
import { readImage } from '../../../main/imaging/read.ts'
import { modelId } from '../../../main/models/card.ts'
import type { FloatImage } from '../../../shared/image.ts'
import { toldLevel255 } from '../../../shared/metrics/noise-level/told-level.ts'
import { addNoise } from '../../../shared/noise/add-noise.ts'
import { clip } from '../../../shared/noise/steps.ts'

let folder: string
let catalog: Catalog
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-choose-'))
  catalog = openCatalog(join(folder, 'catalog.sqlite'))
  await addBundledModels(catalog)
})
afterAll(async () => {
  catalog.close()
  await rm(folder, { recursive: true })
})

test('auto goes by the noise and says so; a name is taken as it is', () => {
  expect(chooseDenoiser(catalog, 'auto', { correlated: true })).toMatchObject({
    model: { id: 'denoiser-camera' },
    why: 'because neighbouring pixels share the noise',
  })
  const white = { model: { id: 'denoiser' }, why: 'because the noise is white' }
  expect(chooseDenoiser(catalog, 'auto', { correlated: false })).toMatchObject(white)
  expect(chooseDenoiser(catalog, 'denoiser', { correlated: true })).toMatchObject({
    model: { id: 'denoiser' },
    why: null,
  })
  expect(() => chooseDenoiser(catalog, 'codec', null)).toThrow("model 'codec' is for 'compress'")
  expect(() => chooseDenoiser(catalog, 'nobody', null)).toThrow("no model 'nobody'")
})

test('what a model learned from stands in its card', () => {
  const learned = (id: string) => learnedNoise(chooseDenoiser(catalog, id, null).model)
  expect([learned('denoiser'), learned('denoiser-camera')]).toEqual(['white', 'camera'])
})

test("no model can be called 'auto'", () => {
  expect(modelId.safeParse('auto').success).toBe(false)
  expect(modelId.safeParse('automatic').success).toBe(true)
})

const size = { width: 160, height: 128 }

/** A file of grey steps with noise. */
async function noisyFile(name: string, model: 'gaussian' | 'correlated'): Promise<string> {
  const data = Float32Array.from({ length: size.width * size.height * 3 }, (_, i) =>
    Math.floor(i / 3) % size.width < 80 ? 0.4 : 0.6,
  )
  const clean: FloatImage = { ...size, channels: 3, data }
  const noisy = clip(addNoise(clean, { model, parameters: { sigma255: 12 }, seed: 3 }))
  const pixels = Uint8Array.from(noisy.data, (value) => Math.round(255 * value))
  const path = join(folder, name)
  await sharp(pixels, { raw: { ...size, channels: 3 } }).toFile(path)
  return path
}

test('in a batch each picture gets the model that its noise asks for, in its name, too', async () => {
  const asked: { task: string; folder: string }[] = []
  let told: Float32Array | number = 0
  const inference = {
    async call(
      task: string,
      input: {
        folder?: string
        model?: { folder: string }
        noisy?: Float32Array
        sigma?: Float32Array | number
      },
    ) {
      if (input.sigma !== undefined) told = input.sigma
      asked.push({ task, folder: (input.model?.folder ?? input.folder)!.split(/[\\/]/).at(-1)! })
      return input.noisy
    },
  }
  // Beside the core, which a photo's estimate would keep from hearing anything.
  const pixels = {
    async call(task: string, picture: PlainPicture) {
      asked.push({ task, folder: '' })
      return estimateRasterNoise(picture)
    },
  }
  const core = { inference, pixels, catalog } as unknown as Core
  const work = denoiseWork(core, 'auto')
  const denoise = (path: string, sigma: number | 'auto') =>
    work(
      path,
      {
        sigma,
        strength: 1,
        template: '{name}-{model}{ext}',
        format: 'png',
        metadata: 'all',
      } as never as DenoiseInput,
      {
        signal: new AbortController().signal,
        target: ({ model }: { model: string }) => join(folder, `${model}-${sigma}.png`),
        decide: async () => 'write',
        progress: () => {},
      } as never,
    )
  const white = await noisyFile('white.png', 'gaussian')
  const shared = await noisyFile('shared.png', 'correlated')
  expect(await denoise(shared, 'auto')).toMatchObject({
    output: join(folder, 'denoiser-camera-auto.png'),
    facts: {
      ...{ model: 'denoiser-camera', modelWhy: 'because neighbouring pixels share the noise' },
      noise: 'correlated',
    },
  })
  // At each pixel what its brightness says, and on the whole what this model is told of such noise.
  const found = estimateRasterNoise(await readImage(shared))
  const map = told as unknown as Float32Array
  const level = 255 * Math.sqrt(map.reduce((sum, value) => sum + value * value, 0) / map.length)
  expect(level / toldLevel255(found, 'camera')).toBeCloseTo(1, 1)
  // Told the level, it still looks at the noise to choose.
  expect(await denoise(white, 12)).toMatchObject({
    output: join(folder, 'denoiser-12.png'),
    facts: { model: 'denoiser', modelWhy: 'because the noise is white', sigma255: 12 },
  })
  expect(told).toBeCloseTo(12 / 255, 6)
  expect(asked).toEqual([
    { task: 'ready', folder: 'denoiser' },
    { task: 'estimate', folder: '' },
    { task: 'denoise', folder: 'denoiser-camera' },
    { task: 'ready', folder: 'denoiser-camera' }, // as the last one
    { task: 'estimate', folder: '' },
    { task: 'denoise', folder: 'denoiser' },
  ])
  expect(await readdir(folder)).toContain('denoiser-camera-auto.png')
})
