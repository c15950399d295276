import { z } from 'zod'
import { autoencoderLossSettings } from '../models/autoencoder/loss-settings.ts'
import {
  compressData,
  denoiseData,
  digitsData,
  neighboursData,
  restoreData,
  smallPhotoData,
} from './data-settings.ts'
import { runLength, trainingSettings } from './settings.ts'

/** All that decides what a run computes; written as run.json into its folder before the first step. */
export const runConfig = z.strictObject({
  /** id of the architecture in the zoo */
  architecture: z.string(),
  /** the architecture's parameters */
  options: z.record(z.string(), z.unknown()),
  settings: trainingSettings,
  length: runLength,
  /** where the weights come from: a file, or null for fresh ones */
  startWeights: z.string().nullable(),
  task: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('denoise'),
      data: denoiseData,
      training: z.array(z.string()),
      validation: z.array(z.string()),
    }),
    z.strictObject({
      kind: z.literal('neighbours'),
      data: neighboursData,
      training: z.array(z.string()),
      validation: z.array(z.string()),
    }),
    z.strictObject({
      kind: z.literal('restore'),
      data: restoreData,
      training: z.array(z.string()),
      validation: z.array(z.string()),
    }),
    z.strictObject({
      kind: z.literal('compress'),
      data: compressData,
      training: z.array(z.string()),
      validation: z.array(z.string()),
    }),
    z.strictObject({
      kind: z.literal('digits'),
      data: digitsData,
      loss: autoencoderLossSettings,
      images: z.string(),
      /** the first so many are trained on, the rest is held out */
      trainingCount: z.int().positive(),
      /** only the first so many are looked at; 0: all */
      imageCount: z.int().min(0).default(0),
      /** further IDX files that are trained on */
      extra: z.array(z.string()).default([]),
    }),
    z.strictObject({
      kind: z.literal('thumbnails'),
      data: digitsData,
      photos: smallPhotoData,
      loss: autoencoderLossSettings,
      training: z.array(z.string()),
      validation: z.array(z.string()),
    }),
  ]),
})
export type RunConfig = z.infer<typeof runConfig>
