import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { table } from '../../../main/cli/output.ts'
import { learnedNoise } from '../../../main/core/choose-denoiser.ts'
import { openCore } from '../../../main/core/core.ts'
import { tileDenoiser } from '../../../main/core/denoise.ts'
import { findModel, importModel, refOf } from '../../../main/core/model-library.ts'
import { type BlendAmounts, wholeBlend } from '../../../shared/blend/blend.ts'
import type { FloatImage } from '../../../shared/image.ts'
import { estimatePictureNoise } from '../../../shared/metrics/noise-level/estimate-picture-noise.ts'
import { toldLevel255 } from '../../../shared/metrics/noise-level/told-level.ts'
import { psnr } from '../../../shared/metrics/psnr.ts'
import { ssim } from '../../../shared/metrics/ssim.ts'
import { clip, quantise } from '../../../shared/noise/steps.ts'
import { openBm3d } from './bm3d.ts'
import { writeFigure } from './figure.ts'
import { type Pair, readPairs } from './pairs.ts'

// npm run bench:real -- FOLDER [--models denoiser,denoiser-camera] [--detail 0.3] [--figure FILE.jpg] [--json FILE] [--side 256]
// [--no-bm3d]: pairs NAME_noisy.png and NAME_clean.png denoised without being told the level; PSNR (dB) and SSIM of 8-bit
// results, seconds and megapixels per second. BM3D is told what the networks are told. The pairs only measure: nothing is fitted.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    models: { type: 'string', default: 'denoiser,denoiser-camera' },
    detail: { type: 'string' },
    figure: { type: 'string' },
    json: { type: 'string' },
    side: { type: 'string' },
    bm3d: { type: 'boolean', default: true },
  },
  allowNegative: true,
})
const [from] = positionals
if (!from) throw new Error('which folder of pairs? npm run bench:real -- FOLDER')
const blend: BlendAmounts = { ...wholeBlend, detail: Number(values.detail ?? wholeBlend.detail) }

interface Method {
  readonly name: string
  denoise(
    pair: Pair,
    noise: ReturnType<typeof estimatePictureNoise>,
  ): Promise<{ clean: FloatImage; seconds: number }>
}

const pairs = await readPairs(from, values.side ? Number(values.side) : undefined)
const folder = mkdtempSync(join(tmpdir(), 'hourglass-bench-'))
const core = await openCore({ data: join(folder, 'data') })
const bm3d = values.bm3d ? openBm3d(folder) : null
try {
  const methods: Method[] = [{ name: 'noisy', denoise: async ({ noisy }) => ({ clean: noisy, seconds: 0 }) }]
  if (bm3d) {
    methods.push({
      name: 'BM3D',
      denoise: ({ noisy }, noise) => bm3d.denoise(noisy, toldLevel255(noise, 'white') / 255),
    })
  }
  for (const name of values.models.split(',')) methods.push(await modelMethod(name))

  const results = Object.fromEntries(methods.map(({ name }) => [name, [] as Figures[]]))
  const pictures: FloatImage[] = []
  const estimates: string[][] = []
  for (const pair of pairs) {
    const started = performance.now()
    const noise = estimatePictureNoise(pair.noisy)
    const seconds = (performance.now() - started) / 1000
    const { sigma255, low255, high255, certainty } = noise
    const true255 = 255 * Math.sqrt(10 ** (-psnr(pair.noisy, pair.clean) / 10))
    estimates.push([
      ...[
        pair.name,
        true255.toFixed(1),
        sigma255.toFixed(1),
        `${low255.toFixed(1)} to ${high255.toFixed(1)}`,
      ],
      ...[certainty, seconds.toFixed(2)],
    ])
    let last = pair.noisy
    for (const { name, denoise } of methods) {
      const { clean, seconds } = await denoise(pair, noise)
      const file = quantise(clip(clean), 8)
      results[name]!.push({ psnrDb: psnr(file, pair.clean), ssim: ssim(file, pair.clean), seconds })
      last = file
    }
    pictures.push(last)
  }
  report(estimates, results)
  if (values.figure) await writeFigure(values.figure, pairs, pictures)
  if (values.json) writeFileSync(values.json, `${JSON.stringify({ estimates, results }, null, 1)}\n`)
} finally {
  bm3d?.close()
  await core.close()
  rmSync(folder, { recursive: true, force: true })
}

interface Figures {
  readonly psnrDb: number
  readonly ssim: number
  readonly seconds: number
}

async function modelMethod(id: string): Promise<Method> {
  const found = id.includes('/') ? await importModel(core, id) : findModel(core.catalog, id)
  const model = refOf(found)
  const whole = ({ width, height }: FloatImage) => ({ x: 0, y: 0, width, height })
  // The first call loads and compiles, and on a new machine measures what runs fastest.
  await tileDenoiser(core.inference, model, { sigma255: 5 })(pairs[0]!.noisy, whole(pairs[0]!.noisy))
  return {
    name: id,
    async denoise({ noisy }, noise) {
      const { profile } = noise
      const started = performance.now()
      const sigma255 = toldLevel255(noise, learnedNoise(found))
      const clean = await tileDenoiser(core.inference, model, { sigma255, profile, blend })(
        noisy,
        whole(noisy),
      )
      return { clean, seconds: (performance.now() - started) / 1000 }
    },
  }
}

function report(estimates: string[][], results: Record<string, Figures[]>): void {
  console.log(
    `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} threads; detail ${blend.detail}\n`,
  )
  console.log(table(['pair', 'true level', 'estimated', '4 of 5 within', 'sure', 'seconds'], estimates))
  const names = Object.keys(results)
  const rows = pairs.map(({ name }, k) => [
    name,
    ...names.map((each) => `${results[each]![k]!.psnrDb.toFixed(2)}  ${results[each]![k]!.ssim.toFixed(4)}`),
  ])
  const mean = (each: string, figure: keyof Figures) =>
    results[each]!.reduce((sum, one) => sum + one[figure], 0) / pairs.length
  rows.push([
    'mean',
    ...names.map((each) => `${mean(each, 'psnrDb').toFixed(2)}  ${mean(each, 'ssim').toFixed(4)}`),
  ])
  console.log(`\n${table(['PSNR in dB, SSIM', ...names], rows)}`)
  const megapixels =
    pairs.reduce((sum, { noisy }) => sum + (noisy.width * noisy.height) / 1e6, 0) / pairs.length
  const speeds = names.slice(1).map((each) => {
    const worse = results[each]!.filter(({ psnrDb }, k) => psnrDb < results.noisy![k]!.psnrDb).length
    const seconds = mean(each, 'seconds')
    return [each, seconds.toFixed(2), (megapixels / seconds).toFixed(2), String(worse)]
  })
  console.log(`\n${table(['method', 'seconds a picture', 'megapixels/s', 'pictures made worse'], speeds)}`)
}
