import { z } from 'zod'
import { rect, rowId } from './common.ts'
import type { PreviewEvent } from './preview.ts'
import { query, subscription } from './procedure.ts'

/** In place of a model's name: the picture's noise decides. */
export const automaticModel = 'auto'
export const modelName = z.string().min(1).max(200)
/** standard deviation of 255 */
export const sigma255 = z.number().min(0).max(255)
/** How often a picture is denoised, each time turned or mirrored in another way, and the results averaged. */
export const passCounts = [1, 2, 4, 8] as const
export type PassCount = (typeof passCounts)[number]
export const passes = z.union(passCounts.map((count) => z.literal(count)))

/** names a layer: see pixels.ts */
export const layerKey = z.string().regex(/^[irh][0-9a-f]{1,40}$/)

/** What is made of a whole, cached result; see shared/blend. 0 to 1 each. */
export const blend = z.object({
  strength: z.number().min(0).max(1).default(1),
  luminance: z.number().min(0).max(1).default(1),
  chroma: z.number().min(0).max(1).default(1),
  /** share of the fine luminance residual that is given back */
  detail: z.number().min(0).max(1).default(0),
})

export interface NoiseEstimate {
  /** standard deviation of 255: what a denoiser is told unless one says otherwise */
  readonly sigma255: number
  /** where the true level lies in four of five pictures */
  readonly low: number
  readonly high: number
  /** neighbouring pixels share noise, as in files from cameras */
  readonly correlated: boolean
  /** `sure`: within 10 % of the level; `fair`: within 30 % */
  readonly certainty: 'sure' | 'fair' | 'unsure'
  /** what a denoiser is told over `sigma255` at brightness 0, 1/32, ... 1; null where `sigma255` itself is */
  readonly profile: readonly number[] | null
  /** a sentence for people */
  readonly why: string
}

export interface DenoiseFacts {
  readonly sigma255: number
  /** what the model was told, root of the mean square over the picture */
  readonly told255: number
  readonly model: string
  /** why this model, where the picture's noise decided; `because ...` */
  readonly modelWhy: string | null
  readonly seconds: number
  readonly megapixelsPerSecond: number
}

/** Against a reference, both at the picture's depth. */
export interface Similarity {
  readonly psnrDb: number
  /** null where a side is below 11 pixels */
  readonly ssim: number | null
}

/** Counts of differences in levels of 255: bin i counts [from + i * width, from + (i + 1) * width). */
export interface Histogram {
  readonly from: number
  readonly width: number
  readonly channels: readonly {
    readonly name: 'red' | 'green' | 'blue' | 'grey'
    readonly counts: readonly number[]
  }[]
  readonly mean: number
  readonly deviation: number
}

export const denoiseArea = {
  estimate: query(z.object({ image: rowId })).gives<NoiseEstimate>(),
  /** the result at full strength; the same request again comes from the cache */
  preview: subscription(
    z.object({
      image: rowId,
      /** or `automaticModel` */
      model: modelName,
      /** null: the estimate */
      sigma255: sigma255.nullable().default(null),
      passes: passes.default(1),
      /** what is seen: done first */
      visible: rect.optional(),
    }),
  ).gives<PreviewEvent<DenoiseFacts>>(),
  /** of a layer, blended with the image it was made of, against a reference; a reference of the image's size */
  measure: query(
    z.object({ layer: layerKey, image: rowId, reference: rowId, blend: blend.prefault({}) }),
  ).gives<Similarity>(),
  /** of two layers of the same size: how the values of `layer` differ from those of `from` */
  residual: query(z.object({ layer: layerKey, from: layerKey, region: rect.optional() })).gives<Histogram>(),
}
