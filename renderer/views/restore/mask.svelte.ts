import { maskOf, runsOf } from '../../../shared/maths/runs.ts'
import { type Point, stamp } from './stamp.ts'

/** One touch of the brush, in image pixels. */
export interface Stroke {
  readonly points: readonly Point[]
  readonly radius: number
  readonly erases: boolean
}

/** A step of the mask's history: a stroke over what was there, or another mask altogether. */
type Step =
  | { readonly kind: 'stroke'; readonly stroke: Stroke }
  | { readonly kind: 'whole'; readonly runs: readonly number[] }

/** Which pixels of a photo are lost: painted, found, or read; every step can be undone. */
export class Mask {
  #width = $state(0)
  #height = $state(0)
  /** 1 where a pixel is lost */
  #pixels = new Uint8Array()
  #steps: readonly Step[] = []
  #undone: readonly Step[] = []
  #version = $state(0)
  #lost = $state(0)
  #canUndo = $state(false)
  #canRedo = $state(false)

  get width(): number {
    return this.#width
  }
  get height(): number {
    return this.#height
  }
  get pixels(): Uint8Array {
    return this.#pixels
  }
  /** changes with every step; a stroke that goes on changes pixels alone */
  get version(): number {
    return this.#version
  }
  /** share of the pixels that is lost, 0 to 1; known once a stroke has ended */
  get lost(): number {
    return this.#lost
  }
  get isEmpty(): boolean {
    return this.#lost === 0
  }
  get canUndo(): boolean {
    return this.#canUndo
  }
  get canRedo(): boolean {
    return this.#canRedo
  }

  /** An empty one for another photo. */
  open(width: number, height: number): void {
    this.#width = width
    this.#height = height
    this.#pixels = new Uint8Array(width * height)
    this.#steps = []
    this.#undone = []
    this.#settle()
  }

  /** A piece of a stroke that goes on, at once. */
  paint(from: Point, to: Point, radius: number, erases: boolean): void {
    stamp(this.#pixels, this.#width, this.#height, from, to, radius, erases ? 0 : 1)
  }

  /** A stroke has ended: it was painted already. */
  ended(stroke: Stroke): void {
    this.#steps = [...this.#steps, { kind: 'stroke', stroke }]
    this.#undone = []
    this.#settle()
  }

  /** @throws AppError where the runs are of another picture */
  replace(runs: readonly number[]): void {
    this.#pixels = maskOf(runs, this.#width * this.#height)
    this.#steps = [...this.#steps, { kind: 'whole', runs }]
    this.#undone = []
    this.#settle()
  }

  clear(): void {
    if (!this.isEmpty) this.replace([this.#pixels.length])
  }

  undo(): void {
    const last = this.#steps.at(-1)
    if (!last) return
    this.#undone = [...this.#undone, last]
    this.#steps = this.#steps.slice(0, -1)
    this.#rebuild()
  }

  redo(): void {
    const next = this.#undone.at(-1)
    if (!next) return
    this.#undone = this.#undone.slice(0, -1)
    this.#steps = [...this.#steps, next]
    this.#rebuild()
  }

  runs(): number[] {
    return runsOf(this.#pixels)
  }

  /** From the last whole mask on. */
  #rebuild(): void {
    const from = this.#steps.findLastIndex(({ kind }) => kind === 'whole')
    const whole = this.#steps[from]
    const length = this.#width * this.#height
    this.#pixels = whole?.kind === 'whole' ? maskOf(whole.runs, length) : new Uint8Array(length)
    for (const step of this.#steps.slice(from + 1)) {
      if (step.kind !== 'stroke') continue
      const { points, radius, erases } = step.stroke
      for (const [i, point] of points.entries()) {
        stamp(
          this.#pixels,
          this.#width,
          this.#height,
          points[Math.max(0, i - 1)],
          point,
          radius,
          erases ? 0 : 1,
        )
      }
    }
    this.#settle()
  }

  #settle(): void {
    let count = 0
    for (const value of this.#pixels) count += value
    this.#lost = this.#pixels.length > 0 ? count / this.#pixels.length : 0
    this.#canUndo = this.#steps.length > 0
    this.#canRedo = this.#undone.length > 0
    this.#version++
  }
}
