import type { Rect } from './common.ts'
import type { LibraryView } from './library.ts'

/**
 * What comes by URL: pixels and large arrays, under the same paths over `app://hourglass` and HTTP.
 *
 * A picture is named by a key: `i<id>` is an image of the library, `r<n>` a result of a preview, `h<hash>` an .hgi file
 * that was opened. All are upright. Files carry the picture's ICC profile: let the browser manage colours.
 */
export const imageKey = (id: number): string => `i${id}`

/** WebP, kept on disk; cached for ever where `version` is given, such as the start of the image's hash. */
export const thumbSides = [128, 256, 512, 1024] as const
export type ThumbSide = (typeof thumbSides)[number]
export const thumbUrl = (key: string, side: ThumbSide): string => `/pixels/${key}/thumb?size=${side}`

/** The whole picture with no side above `size`, WebP: coarse, quick. `version` changes when a result grows. */
export const fitUrl = (key: string, size: number, version = 0): string =>
  `/pixels/${key}/fit?size=${size}&v=${version}`

/** Lossless PNG, full resolution, at the most 2048 x 2048. `version` changes when a result grows. */
export const tileUrl = (key: string, { x, y, width, height }: Rect, version = 0): string =>
  `/pixels/${key}/tile?x=${x}&y=${y}&w=${width}&h=${height}&v=${version}`

/** Float32Array, little-endian: bits of each position, row by row; see BitsGrid. */
export const bitsUrl = (key: string): string => `/pixels/${key}/bits`

/** The original file, or the result as a file, with a name: for saving and dragging out. */
export const downloadUrl = (key: string): string => `/download/${key}`

/** Uint32Array, little-endian: the ids of a whole view, in its order. */
export const libraryIdsUrl = (view: LibraryView): string =>
  `/library/ids?view=${encodeURIComponent(JSON.stringify(view))}`

/**
 * POST the bytes of a file from a browser; answers `Uploaded` as JSON. The file is kept in the data folder, below `folder`
 * (a relative path, which keeps a dropped folder's tree).
 */
export const uploadUrl = (name: string, folder = ''): string =>
  `/upload?name=${encodeURIComponent(name)}&folder=${encodeURIComponent(folder)}`

/**
 * POST a model from a browser: a zip file of its folder, or, where the card's bytes are told, card.json and then
 * weights.safetensors in one body. Answers `{ id, isNew }` as JSON.
 */
export const modelUploadUrl = (cardBytes?: number): string =>
  cardBytes === undefined ? '/upload/model' : `/upload/model?card=${cardBytes}`

export interface Uploaded {
  /** null for .hgi files */
  readonly image: number | null
  readonly outcome: 'added' | 'known' | 'duplicate' | 'changed' | 'stored'
  /** on the core's machine: for compress.open */
  readonly path: string
}

/** What a failed URL answers with, as JSON. */
export interface UrlError {
  readonly error: { readonly code: string; readonly message: string }
}
