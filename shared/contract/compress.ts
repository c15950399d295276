import { z } from 'zod'
import { filePath, type Layer, rowId } from './common.ts'
import { modelName, type Similarity } from './denoise.ts'
import type { PreviewEvent } from './preview.ts'
import { query, subscription } from './procedure.ts'

export const compressTarget = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('quality'), value: z.number().min(1).max(100) }),
  z.object({ kind: z.literal('bpp'), value: z.number().positive().max(48) }),
  /** bytes of the whole file */
  z.object({ kind: z.literal('size'), value: z.number().positive() }),
  /** dB */
  z.object({ kind: z.literal('psnr'), value: z.number().positive().max(120) }),
])
export const effort = z.union([z.literal(0), z.literal(1), z.literal(2)])

export interface CodedFacts extends Similarity {
  readonly bytes: number
  readonly bitsPerPixel: number
  /** of the format's own scale, 1 to 100 */
  readonly quality: number
  readonly seconds: number
  /** 1 - bytes / the original's */
  readonly savedShare: number
}

/** Bits of each position of 16 x 16 pixels; the values come by URL, see pixels.ts: bitsUrl. */
export interface BitsGrid {
  readonly rows: number
  readonly columns: number
  readonly side: 16
}

export interface HgiCodedFacts extends CodedFacts {
  readonly model: string
  /** that the target asks for less than the model's range offers, in words */
  readonly note: string | null
  readonly bits: BitsGrid
}

export const rivalFormats = ['jpeg', 'webp', 'avif'] as const
export type RivalFormat = (typeof rivalFormats)[number]

export interface Rival extends CodedFacts {
  readonly format: RivalFormat
  readonly layer: Layer
}

/** One point of a rate-distortion curve. */
export interface CurvePoint {
  readonly format: 'hgi' | RivalFormat
  readonly quality: number
  readonly bytes: number
  readonly bitsPerPixel: number
  readonly psnrDb: number
}

export interface HgiInspection {
  readonly path: string
  readonly name: string
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  readonly depth: 8 | 16
  readonly hasAlpha: boolean
  readonly version: number
  readonly quality: number
  readonly bitsPerPixel: number
  readonly tiles: number
  readonly bytes: Readonly<Record<'file' | 'head' | 'symbols' | 'alpha' | 'icc' | 'exif' | 'xmp', number>>
  /** id of the model, or what the file calls it; null where neither is known */
  readonly model: string | null
  readonly modelHash: string
  readonly isModelHere: boolean
}

export interface HgiOpenFacts {
  readonly inspection: HgiInspection
  readonly bits: BitsGrid
  /** what is damaged, in words */
  readonly damage: readonly string[]
  readonly seconds: number
}

const hgiFile = z.object({ path: filePath })

export const compressArea = {
  /** codes the picture, and gives what a reader of the file would see */
  preview: subscription(
    z.object({ image: rowId, model: modelName, target: compressTarget, effort: effort.default(1) }),
  ).gives<PreviewEvent<HgiCodedFacts>>(),
  /** JPEG, WebP and AVIF of at most these bytes, as near as they come, one by one */
  rivals: subscription(
    z.object({
      image: rowId,
      bytes: z.number().positive(),
      formats: z.array(z.enum(rivalFormats)).default([...rivalFormats]),
    }),
  ).gives<
    | { kind: 'rival'; rival: Rival }
    /** the format's smallest file is larger, in words */
    | { kind: 'out-of-reach'; format: RivalFormat; message: string }
    | { kind: 'progress'; format: RivalFormat; fraction: number }
  >(),
  /** the open photo's rate and distortion in each format, point by point; of a piece of it where it is large */
  curve: subscription(
    z.object({
      image: rowId,
      model: modelName,
      formats: z.array(z.enum(['hgi', ...rivalFormats])).default(['hgi', ...rivalFormats]),
    }),
  ).gives<{ kind: 'point'; point: CurvePoint } | { kind: 'done'; isPiece: boolean; pixels: number }>(),
  inspect: query(hgiFile).gives<HgiInspection>(),
  /** decodes an .hgi file */
  open: subscription(hgiFile).gives<PreviewEvent<HgiOpenFacts>>(),
  /** every checksum; of the decoded symbols, too, unless quick */
  verify: subscription(hgiFile.extend({ isQuick: z.boolean().default(false) })).gives<
    | { kind: 'progress'; fraction: number }
    | { kind: 'done'; damage: readonly string[]; tiles: number; unchecked: string | null }
  >(),
}
