import { type BlendAmounts, wholeBlend } from '../../../shared/blend/blend.ts'
import { automaticModel, type PassCount } from '../../../shared/contract/denoise.ts'
import type { PictureNoise } from '../../../shared/metrics/noise-level/estimate-picture-noise.ts'
import { toldLevel255 } from '../../../shared/metrics/noise-level/told-level.ts'
import { probeImage } from '../../imaging/probe.ts'
import { readImage } from '../../imaging/read.ts'
import { chooseDenoiser, learnedNoise } from '../choose-denoiser.ts'
import type { Core } from '../core.ts'
import { denoiseRaster, noiseSample } from '../denoise.ts'
import { makeReady } from '../make-ready.ts'
import { refOf } from '../model-library.ts'
import type { BatchInput, PictureWork } from './picture-batch.ts'
import { depthFor, formatFor, writeResult } from './picture-output.ts'

export interface DenoiseInput extends BatchInput {
  /** or `auto` */
  readonly model: string
  /** standard deviation of 255, or `auto`: estimated for each picture */
  readonly sigma: number | 'auto'
  /** share of the found noise that is taken away, 0 to 1 */
  readonly strength: number
  /** of the luminance noise, of the colour noise, and of the detail given back; see shared/blend */
  readonly luminance?: number
  readonly chroma?: number
  readonly detail?: number
  /** see `denoiseInPasses` */
  readonly passes?: PassCount
}

/**
 * Denoises one picture of a batch into its output file.
 * @param modelId or `auto`: the noise of each picture decides
 */
export function denoiseWork(core: Core, modelId: string): PictureWork<DenoiseInput> {
  const isAutomatic = modelId === automaticModel
  // Pictures of one batch are mostly of one kind: the last one's model is made ready for the next.
  let { model: likely } = chooseDenoiser(core.catalog, modelId, null)
  return async (path, input, { signal, target, decide, progress }) => {
    const started = performance.now()
    const { width, height, depth } = await probeImage(path)
    const format = formatFor(input.format, path, depth)
    // A name without {sigma} and {model} is known before they are, so that finished pictures are not even decoded.
    const nameOf = (model: string, sigma255: number) =>
      target({ model, sigma: sigma255.toFixed(1), width, height }, format)
    const asks = (field: string) => input.template.includes(field)
    const named = (input.sigma !== 'auto' || !asks('{sigma}')) && !(isAutomatic && asks('{model}'))
    if (named && (await decide(nameOf(modelId, Number(input.sigma) || 0))) === 'skip') return 'skipped'

    makeReady(core.inference, refOf(likely), signal)
    const source = await readImage(path, { signal })
    const isAsked = isAutomatic || input.sigma === 'auto'
    const found = isAsked ? await core.pixels.call('estimate', noiseSample(source), { signal }) : null
    const { model, why } = chooseDenoiser(core.catalog, modelId, found)
    likely = model
    const noise = input.sigma === 'auto' ? found : null
    const sigma255 = noise?.sigma255 ?? Number(input.sigma)
    const told255 = noise ? toldLevel255(noise, learnedNoise(model)) : sigma255
    const output = nameOf(model.id, sigma255)
    const decision = await decide(output)
    if (decision === 'skip') return 'skipped'
    const read = performance.now()
    const result = await denoiseRaster(core.inference, refOf(model), source, {
      ...{ sigma255: told255, profile: noise?.profile ?? null },
      ...{ blend: blendOf(input), signal },
      passes: input.passes ?? 1,
      onProgress: ({ tiles, of }) => progress(tiles / of),
      depth: depthFor(format, source.depth),
    })
    const denoised = performance.now()
    const written = await writeResult(output, result, format, input, { decision, signal })
    const megapixels = (width * height) / 1e6
    return {
      output,
      facts: {
        sigma255,
        model: model.id,
        ...(why !== null && { modelWhy: why }),
        ...(noise && factsOf(noise)),
        megapixels,
        seconds: (performance.now() - started) / 1000,
        denoiseMegapixelsPerSecond: (megapixels / (denoised - read)) * 1000,
        ...written,
      },
    }
  }
}

/** What the estimate says besides the level. */
function factsOf({ low255, high255, certainty, correlated }: PictureNoise) {
  return { sigmaLow255: low255, sigmaHigh255: high255, certainty, noise: correlated ? 'correlated' : 'white' }
}

function blendOf({ strength, luminance, chroma, detail }: DenoiseInput): BlendAmounts {
  const { luminance: allLight, chroma: allColour, detail: noDetail } = wholeBlend
  return {
    strength,
    luminance: luminance ?? allLight,
    chroma: chroma ?? allColour,
    detail: detail ?? noDetail,
  }
}
