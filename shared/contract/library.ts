import { z } from 'zod'
import type { ErrorCode } from '../errors.ts'
import { filePath, nothing, rowId, rowIds, type Undo } from './common.ts'
import { mutation, query, subscription } from './procedure.ts'

/** Which images, in which order. */
export const libraryView = z.object({
  /** words of the path, all of them, ignoring case and accents */
  search: z.string().max(500).default(''),
  formats: z.array(z.string().max(20)).max(50).default([]),
  camera: z.string().max(200).optional(),
  isoFrom: z.number().min(0).optional(),
  isoTo: z.number().min(0).optional(),
  /** milliseconds since 1970 */
  takenFromMs: z.number().optional(),
  takenToMs: z.number().optional(),
  /** of one collection */
  collection: rowId.optional(),
  order: z.enum(['imported', 'taken', 'name']).default('imported'),
  descending: z.boolean().default(true),
})
export type LibraryView = z.input<typeof libraryView>
export type CheckedView = z.output<typeof libraryView>

/** What a cell of the grid shows. */
export interface ImageRow {
  readonly id: number
  readonly name: string
  readonly width: number
  readonly height: number
  readonly format: string
  readonly bytes: number
  readonly takenAtMs: number
  readonly iso: number | null
  readonly camera: string | null
}

export interface ImageDetails extends ImageRow {
  readonly path: string
  /** every file with this content that is known */
  readonly locations: readonly { readonly path: string; readonly isThere: boolean }[]
  readonly sha256: string
  readonly bitDepth: number
  readonly channels: number
  readonly hasAlpha: boolean
  readonly importedAtMs: number
  /** the file says when it was taken; else takenAtMs is when the file was changed last */
  readonly hasTime: boolean
  readonly lens: string | null
  readonly exposureSeconds: number | null
  readonly aperture: number | null
  readonly focalLengthMm: number | null
  /** the file says where it was taken */
  readonly hasPlace: boolean
  readonly hasIcc: boolean
  /** from reading its header, such as a name that does not fit its content */
  readonly notes: readonly string[]
  readonly collections: readonly { readonly id: number; readonly name: string }[]
  /** an image of the same scene and size without noise; null: none is known */
  readonly reference: number | null
}

export interface Facets {
  readonly total: number
  readonly formats: readonly { readonly value: string; readonly count: number }[]
  readonly cameras: readonly { readonly value: string; readonly count: number }[]
}

export type ImportOutcome = 'added' | 'known' | 'duplicate' | 'changed'

export type ImportEvent =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number; readonly path: string }
  | {
      readonly kind: 'done'
      readonly counts: Readonly<Record<ImportOutcome, number>>
      /** ids, in the order of the files */
      readonly ids: readonly number[]
      /** .hgi files among the paths, for `compress.open` */
      readonly compressed: readonly string[]
      readonly failed: readonly {
        readonly path: string
        readonly code: ErrorCode
        readonly message: string
      }[]
    }

const name = z.string().trim().min(1).max(200)

export interface Collection {
  readonly id: number
  readonly name: string
  readonly count: number
  readonly trainCount: number
  readonly validationCount: number
  readonly createdAtMs: number
}

/** The photos that are known. All ids of a view come by URL, see pixels.ts: libraryIdsUrl. */
export const libraryArea = {
  count: query(libraryView).gives<{ count: number }>(),
  /** a page of a view, for those that do not want all ids */
  page: query(
    z.object({ view: libraryView, offset: z.int().min(0), limit: z.int().min(1).max(1000) }),
  ).gives<{ count: number; rows: ImageRow[] }>(),
  /** in the order asked for; those that are gone are left out */
  rows: query(z.object({ ids: z.array(rowId).max(1000) })).gives<ImageRow[]>(),
  facets: query(nothing).gives<Facets>(),
  details: query(z.object({ id: rowId })).gives<ImageDetails>(),
  /** Files and folders of the machine the core runs on; unsubscribe to cancel. What was imported until then stays. */
  import: subscription(
    z.object({
      paths: z.array(filePath).min(1).max(10_000),
      recursive: z.boolean().default(true),
      /** made when it is new */
      collection: name.optional(),
    }),
  ).gives<ImportEvent>(),
  /** the bundled photos */
  importSamples: mutation(nothing).gives<{ ids: number[] }>(),
  /** forgets them; the files stay */
  remove: mutation(z.object({ ids: rowIds.min(1) })).gives<Undo & { count: number }>(),
  /** moves files into the system's trash, and forgets them; desktop only, elsewhere `unsupported` */
  trash: mutation(z.object({ ids: rowIds.min(1).max(1000) })).gives<{ count: number }>(),
  /** opens the folder with the file selected; desktop only */
  reveal: mutation(z.object({ id: rowId })).gives<null>(),
  setReference: mutation(z.object({ id: rowId, reference: rowId.nullable() })).gives<null>(),
  /** comes when images or collections were added, changed or removed, from any window */
  changes: subscription(nothing).gives<{ images: number }>(),
}

/** Named sets of images, to look at and to train on. */
export const collectionsArea = {
  list: query(nothing).gives<Collection[]>(),
  create: mutation(z.object({ name, ids: rowIds.default([]) })).gives<Collection>(),
  rename: mutation(z.object({ id: rowId, name })).gives<Undo & { collection: Collection }>(),
  add: mutation(z.object({ id: rowId, ids: rowIds })).gives<{ added: number }>(),
  take: mutation(z.object({ id: rowId, ids: rowIds })).gives<Undo & { removed: number }>(),
  /** the images stay */
  remove: mutation(z.object({ id: rowId })).gives<Undo>(),
}

export const undoArea = {
  /** @throws not-found where it is too late */
  restore: mutation(z.object({ undo: z.string().max(100) })).gives<{ label: string }>(),
}

export interface FolderEntry {
  readonly name: string
  readonly path: string
  readonly kind: 'folder' | 'image' | 'hgi' | 'model' | 'idx'
}

/** Folders that may be looked into: for choosing in a browser, where the system's own dialogs are of no use. */
export const filesArea = {
  roots: query(nothing).gives<{ name: string; path: string }[]>(),
  browse: query(z.object({ path: filePath })).gives<{
    path: string
    /** null at a root */
    parent: string | null
    entries: FolderEntry[]
  }>(),
}
