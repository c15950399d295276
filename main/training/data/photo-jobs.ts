import type { CropPlanSettings } from './crop-plan.ts'
import type { SharedPhotos } from './paged-pixels.ts'
import type { TrainingPhoto } from './photo-views.ts'

/** What a thread that makes batches of photos knows from the start. */
export interface PhotoWorkerData {
  readonly photos: readonly TrainingPhoto[]
  readonly plan: CropPlanSettings
  readonly recipe: string
  readonly parameters: object
  readonly shared: SharedPhotos
}

/** What it is told for a step: where views are, or should be put, by id, and the photos known to be broken. */
export interface PhotoJob {
  readonly pages: ReadonlyMap<number, Uint32Array>
  readonly broken: ReadonlySet<number>
}

/** What it sends back: the recipe's arrays, and which photos it could not decode. */
export interface PhotoResult {
  readonly step: number
  readonly arrays: Readonly<Record<string, Float32Array>>
  /** Message by index of the photo. */
  readonly broken: ReadonlyMap<number, string>
}
