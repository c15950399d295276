import { allocateSharedPhotos, pageBytes, pagesFor, type SharedPhotos } from './paged-pixels.ts'

interface Held {
  readonly pages: Uint32Array
  /** Jobs under way that may read or write the pages. */
  users: number
}

/**
 * Says which pages belong to which view, within a budget of bytes. When pages run out, the view unused for longest
 * gives up its own; a view in use keeps them. What is held decides speed, never content.
 */
export class PhotoMemory {
  readonly shared: SharedPhotos
  readonly #filled: Int32Array
  readonly #free: number[]
  readonly #views = new Map<number, Held>()
  readonly #pageCount: number

  /** @param viewBytes decoded size of each view, by id */
  constructor(viewBytes: readonly number[], limitBytes: number) {
    const needed = viewBytes.reduce((pages, bytes) => pages + pagesFor(bytes), 0)
    this.#pageCount = Math.min(needed, Math.floor(limitBytes / pageBytes))
    this.shared = allocateSharedPhotos(this.#pageCount, viewBytes.length)
    this.#filled = new Int32Array(this.shared.filled)
    this.#free = Array.from({ length: this.#pageCount }, (_, index) => this.#pageCount - 1 - index)
  }

  /** Bytes in pages that belong to a view. */
  get heldBytes(): number {
    return (this.#pageCount - this.#free.length) * pageBytes
  }

  /** Whether all pixels of a view are in memory. */
  isFilled(view: number): boolean {
    return Atomics.load(this.#filled, view) === 1
  }

  /** The pages of a view, filled or not, for a job that will release them; undefined when there is no room. */
  acquire(view: number, bytes: number): Uint32Array | undefined {
    const held = this.#views.get(view) ?? this.#allot(pagesFor(bytes))
    if (!held) return undefined
    held.users++
    // A map keeps the order of insertion: what is used last goes to its end.
    this.#views.delete(view)
    this.#views.set(view, held)
    return held.pages
  }

  release(view: number): void {
    this.#views.get(view)!.users--
  }

  #allot(pages: number): Held | undefined {
    for (const [view, held] of this.#views) {
      if (this.#free.length >= pages) break
      if (held.users > 0) continue
      Atomics.store(this.#filled, view, 0)
      this.#views.delete(view)
      this.#free.push(...held.pages)
    }
    if (this.#free.length < pages) return undefined
    return { pages: Uint32Array.from(this.#free.splice(this.#free.length - pages)), users: 0 }
  }
}
