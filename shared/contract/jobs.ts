import { z } from 'zod'
import { filePath, nothing, rowId, rowIds, type SentError, type Undo } from './common.ts'
import { compressTarget, effort } from './compress.ts'
import { blend, modelName, passes, sigma255 } from './denoise.ts'
import { noiseSettings } from './noise.ts'
import { mutation, query, subscription } from './procedure.ts'
import { maskKey, restoreMethod } from './restore.ts'
import { metadataPolicies, outputFormats } from './settings.ts'

/** Where results go and what they are; what is left out comes from the settings. */
export const jobOutput = z.object({
  /** settings.outputFolder, else a folder beside the first original */
  folder: filePath.optional(),
  template: z.string().min(1).max(500).optional(),
  format: z.enum(outputFormats).optional(),
  quality: z.int().min(1).max(100).optional(),
  metadata: z.enum(metadataPolicies).optional(),
  /** what to do where a file is there already */
  existing: z.enum(['fail', 'skip', 'replace']).default('fail'),
  /** put the results into the library, too */
  importResults: z.boolean().default(false),
})

const batch = { images: rowIds.min(1), output: jobOutput.prefault({}) }

/** A batch to be queued. One picture is a batch of one: both obey the same settings. */
export const newJob = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('denoise'),
    ...batch,
    settings: z.object({
      /** or `automaticModel` */
      model: modelName,
      /** null: estimated for each picture */
      sigma255: sigma255.nullable().default(null),
      blend: blend.prefault({}),
      passes: passes.default(1),
    }),
  }),
  z.object({ kind: z.literal('noise'), ...batch, settings: noiseSettings }),
  z.object({
    kind: z.literal('compress'),
    ...batch,
    settings: z.object({ model: modelName, target: compressTarget, effort: effort.default(1) }),
  }),
  /** pictures of the mask's size */
  z.object({
    kind: z.literal('restore'),
    ...batch,
    settings: z.object({ method: restoreMethod, mask: maskKey }),
  }),
  /** .hgi files by their paths */
  z.object({
    kind: z.literal('decompress'),
    files: z.array(filePath).min(1).max(100_000),
    output: jobOutput.prefault({}),
  }),
])
export type NewJob = z.input<typeof newJob>
export type CheckedJob = z.output<typeof newJob>

export type JobStatus = 'queued' | 'running' | 'paused' | 'done' | 'failed' | 'cancelled' | 'interrupted'

/** A job as the queue shows it. */
export interface JobEntry {
  readonly id: number
  readonly kind: string
  /** for people: what, with what, how many */
  readonly title: string
  readonly status: JobStatus
  /** items ended */
  readonly done: number
  readonly total: number
  readonly failed: number
  readonly skipped: number
  /** 0 to 1, with the parts of the items in work */
  readonly fraction: number
  /** what it is at, usually a path */
  readonly message: string
  /** items each second since it was begun; null before the first is known */
  readonly rate: number | null
  readonly msLeft: number | null
  readonly createdAtMs: number
  readonly startedAtMs: number | null
  readonly endedAtMs: number | null
  readonly error: SentError | null
  readonly outputFolder: string | null
}

export interface JobItemEntry {
  readonly position: number
  readonly input: string
  readonly status: 'waiting' | 'done' | 'skipped' | 'failed'
  readonly output: string | null
  readonly error: SentError | null
  readonly outputBytes: number | null
}

const one = z.object({ id: rowId })

export const jobsArea = {
  list: query(nothing).gives<JobEntry[]>(),
  /** all jobs at first, then those that changed, at most four times a second; `removed` are gone */
  changes: subscription(nothing).gives<{ jobs: JobEntry[]; removed: number[] }>(),
  /** those that failed first, then in their order */
  items: query(
    z.object({ id: rowId, offset: z.int().min(0).default(0), limit: z.int().min(1).max(1000).default(200) }),
  ).gives<{ count: number; items: JobItemEntry[] }>(),
  start: mutation(newJob).gives<JobEntry>(),
  /** the path that the first picture's result would have, for the export dialog; and whether it exists */
  target: query(newJob).gives<{ path: string; exists: boolean }>(),
  pause: mutation(one).gives<JobEntry>(),
  /** goes on with a paused, interrupted, failed or cancelled one; failed items are tried again */
  resume: mutation(one).gives<JobEntry>(),
  /** it stops within a second; what is done stays */
  cancel: mutation(one).gives<JobEntry>(),
  remove: mutation(one).gives<Undo>(),
  /** forgets all that ended well or were cancelled */
  clear: mutation(nothing).gives<Undo & { count: number }>(),
  /** opens the folder of the results; desktop only */
  reveal: mutation(one).gives<null>(),
}
