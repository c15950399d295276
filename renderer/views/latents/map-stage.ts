import { WorkerCanvas } from '../../draw/worker-canvas.ts'
import { rampColours } from './map-colours.ts'
import type { Look, MapFrame, Sheets } from './map-painter.ts'
import { type Place, pointsWithin } from './outline.ts'

/** What colours points: the group of each, -1 for none, or a value from 0 to 1. */
export type Tint =
  | { readonly kind: 'groups'; readonly of: ArrayLike<number> }
  | { readonly kind: 'values'; readonly of: ArrayLike<number> }

/** A map of points, and of small images where few are in view: what it shows, where it is looked at, what lies where. */
export class MapStage {
  readonly #element: HTMLCanvasElement
  readonly #canvas: WorkerCanvas<null, MapFrame>
  #points: Float32Array<ArrayBuffer> = new Float32Array()
  #look: Look = { of: new Float32Array(), isRamp: false }
  #sheets: Sheets | null = null
  /** not yet told to the painter */
  readonly #news = new Set<'points' | 'look' | 'sheets'>()
  /** all is in view, and stays so while the canvas changes its size */
  #isFitted = false
  centre: Place = { x: 0, y: 0 }
  /** pixels for each unit of the map */
  zoom = 1

  /** @param onFailure called where nothing can be drawn on this machine */
  constructor(element: HTMLCanvasElement, onFailure: (error: unknown) => void) {
    this.#element = element
    const worker = new Worker(new URL('./map-painter.worker.ts', import.meta.url), { type: 'module' })
    this.#canvas = new WorkerCanvas(element, worker, null, {
      onFrame: () => this.#draw(),
      onReady: () => {
        for (const one of ['points', 'look', 'sheets'] as const) this.#news.add(one)
      },
      onFailure,
    })
  }

  get count(): number {
    return this.#points.length / 2
  }

  /** @param xy x and y of each point in turn */
  setPoints(xy: Float32Array<ArrayBuffer>): void {
    const isNew = xy.length !== this.#points.length
    this.#points = xy
    this.#news.add('points')
    if (isNew) this.setLook(null, new Set())
    this.fit()
  }

  /** The chosen ones are light. */
  setLook(tint: Tint | null, chosen: ReadonlySet<number>): void {
    const isRamp = tint?.kind === 'values'
    const scale = isRamp ? rampColours.length - 1 : 1
    const of = new Float32Array(this.count * 2)
    for (let i = 0; i < this.count; i++) of[2 * i] = tint ? scale * tint.of[i]! : -1
    for (const index of chosen) of[2 * index + 1] = 1
    this.#look = { of, isRamp }
    this.#news.add('look')
    this.redraw()
  }

  setSheets(sheets: Sheets | null): void {
    this.#sheets = sheets
    this.#news.add('sheets')
    this.redraw()
  }

  /** All in view. */
  fit(): void {
    let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity]
    for (let i = 0; i < this.#points.length; i += 2) {
      left = Math.min(left, this.#points[i]!)
      right = Math.max(right, this.#points[i]!)
      low = Math.min(low, this.#points[i + 1]!)
      high = Math.max(high, this.#points[i + 1]!)
    }
    if (left > right) return
    this.centre = { x: (left + right) / 2, y: (low + high) / 2 }
    const { clientWidth, clientHeight } = this.#element
    const room = 100
    this.zoom = Math.min(
      (clientWidth - room) / (right - left || 1),
      (clientHeight - room) / (high - low || 1),
    )
    this.#isFitted = true
    this.redraw()
  }

  /** The canvas has another size. */
  resize(): void {
    if (this.#isFitted) this.fit()
    else this.redraw()
  }

  /** @param at in pixels of the canvas */
  zoomAt(at: Place, factor: number): void {
    const before = this.toMap(at)
    this.zoom *= factor
    const after = this.toMap(at)
    this.#isFitted = false
    this.centre = { x: this.centre.x + before.x - after.x, y: this.centre.y + before.y - after.y }
    this.redraw()
  }

  pan(dx: number, dy: number): void {
    this.#isFitted = false
    this.centre = { x: this.centre.x - dx / this.zoom, y: this.centre.y + dy / this.zoom }
    this.redraw()
  }

  toMap({ x, y }: Place): Place {
    const { clientWidth, clientHeight } = this.#element
    return {
      x: this.centre.x + (x - clientWidth / 2) / this.zoom,
      y: this.centre.y - (y - clientHeight / 2) / this.zoom,
    }
  }

  toCanvas({ x, y }: Place): Place {
    const { clientWidth, clientHeight } = this.#element
    return {
      x: (x - this.centre.x) * this.zoom + clientWidth / 2,
      y: clientHeight / 2 - (y - this.centre.y) * this.zoom,
    }
  }

  /** The point nearest to a place of the canvas, within reach of a finger. */
  pick(at: Place): number | null {
    const { x, y } = this.toMap(at)
    let [best, least] = [-1, (24 / this.zoom) ** 2]
    for (let i = 0; i < this.count; i++) {
      const square = (this.#points[2 * i]! - x) ** 2 + (this.#points[2 * i + 1]! - y) ** 2
      if (square < least) [best, least] = [i, square]
    }
    return best < 0 ? null : best
  }

  /** Points within an outline drawn on the canvas. */
  within(outline: readonly Place[]): number[] {
    return pointsWithin(
      this.#points,
      outline.map((corner) => this.toMap(corner)),
    )
  }

  redraw(): void {
    this.#canvas.redraw()
  }

  dispose(): void {
    this.#canvas.dispose()
  }

  #draw(): void {
    const { clientWidth: width, clientHeight: height } = this.#element
    const frame: MapFrame = {
      ...{ width, height, ratio: devicePixelRatio, centre: this.centre, zoom: this.zoom },
      ...(this.#news.has('points') && { points: this.#points }),
      ...(this.#news.has('look') && { look: this.#look }),
      ...(this.#news.has('sheets') && { sheets: this.#sheets }),
    }
    this.#news.clear()
    this.#canvas.draw(frame, [])
  }
}
