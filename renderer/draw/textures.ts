import type { Picture, Pixels } from './picture.ts'
import type { Upload } from './picture-painter.ts'
import type { Region } from './viewport.svelte.ts'

export const cellSide = 512
/** Around 300 MB at 1 MiB each. */
const mostTextures = 280
const mostLoading = 6
/** Uploads of one frame: the rest waits for the next, so that none takes long. */
const mostUploads = 4

/** A piece of a picture that is a texture: what it covers, in image pixels. */
export interface Piece {
  readonly id: number
  readonly region: Region
}

interface Loading {
  readonly abort: AbortController
  wanted: number
}

/**
 * Which textures of pictures there are, by picture and cell, and which are fetched and made; what was not asked for the
 * longest goes first.
 */
export class Textures {
  readonly #onArrival: () => void
  readonly #pieces = new Map<string, Piece>()
  readonly #loading = new Map<string, Loading>()
  readonly #arrived: { key: string; region: Region; pixels: Pixels }[] = []
  readonly #absent = new Set<string>()
  readonly #failed = new Map<string, Error>()
  #queue: { key: string; region: Region; load: (signal: AbortSignal) => Promise<Pixels | null> }[] = []
  #frame = 0
  #lastId = 0
  #uploads: Upload[] = []
  #deleted: number[] = []

  constructor(onArrival: () => void) {
    this.#onArrival = onArrival
  }

  /** Pixels become a texture with the next frame, under the number that is returned. */
  make(pixels: Pixels, hasMipmaps: boolean): number {
    const id = ++this.#lastId
    this.#uploads.push({ id, pixels, hasMipmaps })
    return id
  }

  drop(id: number): void {
    this.#deleted.push(id)
  }

  /** the first error among pictures that could not be fetched */
  get failure(): Error | undefined {
    return this.#failed.values().next().value
  }

  begin(): void {
    this.#frame++
    this.#queue = []
    for (const { key, region, pixels } of this.#arrived.splice(0, mostUploads))
      this.#pieces.set(key, { id: this.make(pixels, true), region })
  }

  /** The whole picture, coarse; undefined, and fetched, where it is not here yet. */
  coarse(picture: Picture): Piece | undefined {
    const region = { x: 0, y: 0, width: picture.width, height: picture.height }
    return this.#ask(`${picture.key}|coarse`, region, (signal) => picture.coarse(signal))
  }

  tile(picture: Picture, cell: Region): Piece | undefined {
    const region = withBorder(cell, picture)
    return this.#ask(`${picture.key}|${cell.x},${cell.y}`, region, (signal) => picture.tile(region, signal))
  }

  /** What was not wanted in this frame is no longer fetched. */
  end(): void {
    for (const [key, loading] of this.#loading) {
      if (loading.wanted === this.#frame) continue
      loading.abort.abort()
      this.#loading.delete(key)
    }
    for (const { key, region, load } of this.#queue) {
      if (this.#loading.size >= mostLoading) break
      void this.#load(key, region, load)
    }
    for (const [key, { id }] of this.#pieces) {
      if (this.#pieces.size <= mostTextures) break
      this.drop(id)
      this.#pieces.delete(key)
    }
    if (this.#arrived.length) this.#onArrival()
  }

  /** What is to be made and removed since it was last asked. */
  take(): { readonly uploads: readonly Upload[]; readonly deleted: readonly number[] } {
    return { uploads: this.#uploads.splice(0), deleted: this.#deleted.splice(0) }
  }

  /** All textures are gone: what is wanted is fetched anew. */
  forget(): void {
    this.#pieces.clear()
  }

  /** Forgets which pieces of pictures under this key are missing or failed: some may exist now. */
  refresh(pictureKey: string): void {
    for (const set of [this.#absent, this.#failed]) {
      for (const key of set.keys()) if (key.startsWith(`${pictureKey}|`)) set.delete(key)
    }
  }

  dispose(): void {
    for (const { abort } of this.#loading.values()) abort.abort()
    for (const { pixels } of this.#arrived) if (pixels instanceof ImageBitmap) pixels.close()
  }

  #ask(
    key: string,
    region: Region,
    load: (signal: AbortSignal) => Promise<Pixels | null>,
  ): Piece | undefined {
    const piece = this.#pieces.get(key)
    if (piece) {
      this.#pieces.delete(key)
      this.#pieces.set(key, piece)
      return piece
    }
    const loading = this.#loading.get(key)
    if (loading) loading.wanted = this.#frame
    else if (
      !this.#absent.has(key) &&
      !this.#failed.has(key) &&
      !this.#arrived.some((one) => one.key === key)
    ) {
      if (!this.#queue.some((one) => one.key === key)) this.#queue.push({ key, region, load })
    }
    return undefined
  }

  async #load(
    key: string,
    region: Region,
    load: (signal: AbortSignal) => Promise<Pixels | null>,
  ): Promise<void> {
    const loading = { abort: new AbortController(), wanted: this.#frame }
    this.#loading.set(key, loading)
    try {
      const pixels = await load(loading.abort.signal)
      if (pixels) this.#arrived.push({ key, region, pixels })
      else this.#absent.add(key)
    } catch (error) {
      if (!loading.abort.signal.aborted) this.#failed.set(key, error as Error)
    }
    if (this.#loading.get(key) === loading) this.#loading.delete(key)
    this.#onArrival()
  }
}

/** One pixel more on each side, so that interpolation does not show where pieces meet. */
function withBorder(cell: Region, picture: Picture): Region {
  const x = Math.max(0, cell.x - 1)
  const y = Math.max(0, cell.y - 1)
  return {
    x,
    y,
    width: Math.min(picture.width, cell.x + cell.width + 1) - x,
    height: Math.min(picture.height, cell.y + cell.height + 1) - y,
  }
}
