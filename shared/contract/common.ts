import { z } from 'zod'
import type { ErrorCode } from '../errors.ts'

/** of a row of the catalog */
export const rowId = z.int().positive().max(Number.MAX_SAFE_INTEGER)
/** so many in one call: a whole selection of a large library */
export const rowIds = z.array(rowId).max(200_000)
/** of a file or folder, on the machine that the core runs on */
export const filePath = z
  .string()
  .min(1)
  .max(4096)
  .refine((path) => !path.includes('\0'), 'no NUL')
export const nothing = z.void()

/** in pixels of the upright picture */
export const rect = z.object({
  x: z.int().min(0).max(100_000),
  y: z.int().min(0).max(100_000),
  width: z.int().min(1).max(100_000),
  height: z.int().min(1).max(100_000),
})
export type Rect = z.infer<typeof rect>

/** An error as it travels; `message` is for people. */
export interface SentError {
  readonly code: ErrorCode
  readonly message: string
}

/** What `undo.restore` takes back: good for some minutes. */
export interface Undo {
  readonly undo: string
  /** what would be taken back, for the notice */
  readonly label: string
}

/** A picture that the core holds: one of the library, or a result. `key` names it in URLs, see pixels.ts. */
export interface Layer {
  readonly key: string
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  readonly depth: 8 | 16
  readonly hasAlpha: boolean
}
