import { aboutArea } from './about.ts'
import { compressArea } from './compress.ts'
import { denoiseArea } from './denoise.ts'
import { jobsArea } from './jobs.ts'
import { latentsArea } from './latents.ts'
import { collectionsArea, filesArea, libraryArea, undoArea } from './library.ts'
import { modelsArea } from './models.ts'
import { noiseArea } from './noise.ts'
import type { Input, Output, Procedure } from './procedure.ts'
import { restoreArea } from './restore.ts'
import { settingsArea } from './settings.ts'
import { sweepsArea } from './sweeps.ts'
import { trainArea } from './train.ts'

/** Everything a front may ask of the core. */
export const contract = {
  about: aboutArea,
  collections: collectionsArea,
  compress: compressArea,
  denoise: denoiseArea,
  files: filesArea,
  jobs: jobsArea,
  latents: latentsArea,
  library: libraryArea,
  models: modelsArea,
  noise: noiseArea,
  restore: restoreArea,
  settings: settingsArea,
  sweeps: sweepsArea,
  train: trainArea,
  undo: undoArea,
} as const
export type Contract = typeof contract

/** Of a subscription: exactly one of `onEnd` and `onError` comes, and nothing after it. */
export interface Listener<Out> {
  onData(value: Out): void
  onError?(error: unknown): void
  onEnd?(): void
}

type Call<P extends Procedure> =
  P extends Procedure<'subscription'>
    ? (input: Input<P>, listener: Listener<Output<P>>) => () => void
    : (input: Input<P>) => Promise<Output<P>>

/** The contract as a client sees it: `client.library.rows({ ids })`. Subscriptions give back how to unsubscribe. */
export type Client = {
  readonly [A in keyof Contract]: {
    readonly [P in keyof Contract[A]]: Contract[A][P] extends Procedure ? Call<Contract[A][P]> : never
  }
}
