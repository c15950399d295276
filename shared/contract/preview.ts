import type { Layer, Rect } from './common.ts'

/**
 * How a result comes into being. `layer` first: its pixels can be asked for at once, and are the source's where nothing
 * is done yet. `tile`: these pixels are final now. The layer stays for a while after `done` (least used ones go first);
 * its key then answers 404: ask again.
 */
export type PreviewEvent<Facts> =
  | { readonly kind: 'layer'; readonly layer: Layer }
  | { readonly kind: 'progress'; readonly fraction: number; readonly msLeft: number | null }
  | ({ readonly kind: 'tile' } & Rect)
  | { readonly kind: 'done'; readonly layer: Layer; readonly facts: Facts }
