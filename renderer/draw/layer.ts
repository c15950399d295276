import type { Picture } from './picture.ts'

/** How much of what a denoiser took away is really taken, each 0 to 1; see shared/blend/blend.ts. */
export interface Amounts {
  readonly strength: number
  readonly luminance: number
  readonly chroma: number
  readonly detail: number
}

/** Numbers over a grid of square cells of the picture, shown as colours above it. */
export interface Overlay {
  readonly key: string
  readonly pixels: ImageData
  /** image pixels that the grid covers */
  readonly width: number
  readonly height: number
  readonly opacity: number
}

/** What one pane shows. */
export type Layer =
  | { readonly kind: 'picture'; readonly picture: Picture; readonly overlay?: Overlay | undefined }
  | {
      readonly kind: 'blend' | 'residual'
      readonly original: Picture
      readonly clean: Picture
      /** luminance detail around 128, needed where `amounts.detail` is above 0 */
      readonly detail: Picture
      readonly amounts: Amounts
      /** of the residual */
      readonly gain: number
    }

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A layer in its place on the canvas, device pixels from the top left; `clip` shows only a part of the box. */
export interface PlacedLayer {
  readonly layer: Layer
  readonly box: Box
  readonly clip: Box
}

export function picturesOf(layer: Layer): Picture[] {
  if (layer.kind === 'picture') return [layer.picture]
  const { original, clean, detail, amounts } = layer
  return amounts.detail > 0 ? [original, clean, detail] : [original, clean]
}
