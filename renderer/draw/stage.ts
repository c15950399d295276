import { type Layer, type Overlay, type PlacedLayer, picturesOf } from './layer.ts'
import { coarseSide, type Picture, wideGamut } from './picture.ts'
import type { Frame, Pass, PictureSetup, Quad } from './picture-painter.ts'
import { cellSide, type Piece, Textures } from './textures.ts'
import type { Region } from './viewport.svelte.ts'
import { WorkerCanvas } from './worker-canvas.ts'

export interface View {
  readonly scale: number
  readonly centre: { readonly x: number; readonly y: number }
}

/**
 * Draws pictures on one canvas: the coarse whole first, exact pieces above it as they arrive. Above 200 % pixels are
 * shown as squares.
 */
export class Stage {
  readonly textures: Textures
  readonly #canvas: WorkerCanvas<PictureSetup, Frame>
  #failure: Error | null = null
  #overlay: { readonly key: string; readonly id: number } | null = null

  /** @param onFrame called where something is to be drawn, or why nothing is drawn is known: the time to `draw` */
  constructor(canvas: HTMLCanvasElement, onFrame: () => void) {
    this.textures = new Textures(() => this.redraw())
    const worker = new Worker(new URL('./picture-painter.worker.ts', import.meta.url), { type: 'module' })
    this.#canvas = new WorkerCanvas(
      canvas,
      worker,
      { wideGamut },
      {
        onFrame,
        onReady: () => {
          this.textures.forget()
          this.#overlay = null
        },
        onFailure: (error) => {
          this.#failure = error
          onFrame()
        },
      },
    )
  }

  /** Why nothing, or not all, is drawn. */
  get failure(): unknown {
    return this.#failure ?? this.textures.failure
  }

  /** Calls `onFrame` once, where the next frame can be drawn. */
  redraw(): void {
    this.#canvas.redraw()
  }

  /**
   * @param size of the canvas in device pixels
   * @param ground the colour around pictures, from 0 to 1
   */
  draw(
    layers: readonly PlacedLayer[],
    { scale, centre }: View,
    size: { width: number; height: number },
    ground: number,
  ): void {
    if (!this.#canvas.isFree) return
    this.textures.begin()
    const passes: Pass[] = []
    for (const { layer, box, clip } of layers) {
      if (clip.width <= 0 || clip.height <= 0) continue
      passes.push({ box, clip, quads: this.#quadsOf(layer, { scale, centre }, box) })
    }
    this.textures.end()
    const frame: Frame = {
      ...{ ...size, ground, scale, centre: { x: centre.x, y: centre.y }, passes },
      ...this.textures.take(),
    }
    const bitmaps = frame.uploads.flatMap(({ pixels }) => (pixels instanceof ImageBitmap ? [pixels] : []))
    this.#canvas.draw(frame, bitmaps)
  }

  #quadsOf(layer: Layer, view: View, box: { width: number; height: number }): Quad[] {
    const pictures = picturesOf(layer)
    const [first] = pictures
    // What is not computed yet shows as it was.
    const before: Layer | null = layer.kind === 'blend' ? { kind: 'picture', picture: layer.original } : null
    const quads = before ? this.#quadsOf(before, view, box) : []
    const look = lookOf(layer)
    const isNearest = view.scale > 2
    // Where all are here: a sharp picture is never compared with a coarse one.
    const add = (pieces: readonly (Piece | undefined)[], cell: Region) => {
      const here = pieces.filter((piece) => piece !== undefined)
      if (here.length < pieces.length) return
      quads.push({ ...look, textures: here.map(({ id }) => id), tile: here[0].region, cell, isNearest })
    }
    add(
      pictures.map((picture) => this.textures.coarse(picture)),
      { x: 0, y: 0, width: first.width, height: first.height },
    )
    if (needsTiles(first, view.scale))
      for (const cell of cellsIn(first, view, box))
        add(
          pictures.map((picture) => this.textures.tile(picture, cell)),
          cell,
        )
    if (layer.kind === 'picture' && layer.overlay) quads.push(this.#overlayQuad(layer.overlay))
    return quads
  }

  #overlayQuad({ key, pixels, width, height, opacity }: Overlay): Quad {
    if (this.#overlay?.key !== key) {
      if (this.#overlay) this.textures.drop(this.#overlay.id)
      this.#overlay = { key, id: this.textures.make(pixels, false) }
    }
    const region = { x: 0, y: 0, width, height }
    return { mode: 3, textures: [this.#overlay.id], tile: region, cell: region, opacity, isNearest: false }
  }

  dispose(): void {
    this.textures.dispose()
    this.#canvas.dispose()
  }
}

function lookOf(layer: Layer): Pick<Quad, 'mode' | 'amounts' | 'gain'> {
  if (layer.kind === 'picture') return { mode: 0 }
  const { strength, luminance, chroma, detail } = layer.amounts
  const amounts = [strength, luminance, chroma, detail] as const
  return { mode: layer.kind === 'blend' ? 1 : 2, amounts, gain: layer.gain }
}

function needsTiles(picture: Picture, scale: number): boolean {
  return scale > 0.8 * Math.min(1, coarseSide / Math.max(picture.width, picture.height))
}

/** Visible cells, those in the middle first. */
function cellsIn(
  picture: Picture,
  { scale, centre }: View,
  box: { width: number; height: number },
): Region[] {
  const span = (middle: number, pane: number, size: number) => {
    const half = pane / scale / 2
    const first = Math.max(0, Math.floor((middle - half) / cellSide))
    return { first, last: Math.min(Math.ceil(size / cellSide), Math.ceil((middle + half) / cellSide)) }
  }
  const across = span(centre.x, box.width, picture.width)
  const down = span(centre.y, box.height, picture.height)
  const cells: Region[] = []
  for (let row = down.first; row < down.last; row++) {
    for (let column = across.first; column < across.last; column++) {
      const x = column * cellSide
      const y = row * cellSide
      const width = Math.min(cellSide, picture.width - x)
      cells.push({ x, y, width, height: Math.min(cellSide, picture.height - y) })
    }
  }
  const distance = ({ x, y, width, height }: Region) =>
    Math.hypot(x + width / 2 - centre.x, y + height / 2 - centre.y)
  return cells.sort((a, b) => distance(a) - distance(b))
}
