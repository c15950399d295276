import { basename } from 'node:path'

/** What the camera wrote, as far as it is worth finding again. */
export interface ExifFacts {
  camera?: string
  lens?: string
  iso?: number
  exposureSeconds?: number
  aperture?: number
  /** milliseconds since 1970 */
  takenAtMs?: number
}

/** Facts of the content. */
export interface ImageFacts {
  /** lower-case hex, of the file's bytes */
  sha256: string
  bytes: number
  /** pixels, after orientation */
  width: number
  height: number
  /** 'jpeg', 'png', ... as imaging names it */
  format: string
  bitDepth: number
  channels: number
  hasAlpha: boolean
  exif: ExifFacts
}

/** A file to be catalogued. */
export interface NewImage extends ImageFacts {
  path: string
  mtimeMs: number
}

/**
 * One content. Files with equal bytes are one image with several locations: a duplicate shows once, trains
 * once, never stands on both sides of a split, and its latents are computed once.
 */
export interface Image extends ImageFacts {
  id: number
  /** file name at its first location */
  name: string
  /** its first location */
  path: string
  /** when it was taken by EXIF, else the file's time */
  takenAtMs: number
  importedAtMs: number
}

export interface Location {
  path: string
  mtimeMs: number
}

/** added: new content; duplicate: known content at a new path; changed: a known path has new content. */
export type Outcome = 'added' | 'known' | 'duplicate' | 'changed'

export interface AddedImage {
  id: number
  outcome: Outcome
}

/** of the view `seen` */
export type ImageRow = Omit<Image, 'hasAlpha' | 'exif'> & { hasAlpha: number; exif: string }

export function imageOf(row: ImageRow): Image {
  const exif = JSON.parse(row.exif) as ExifFacts
  return { ...row, name: basename(row.path), hasAlpha: row.hasAlpha === 1, exif }
}
