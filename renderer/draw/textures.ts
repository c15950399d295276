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

interface Wanted {
  readonly key: string
  readonly picture: Picture
  readonly region: Region
  readonly load: (signal: AbortSignal) => Promise<Pixels | null>
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
  /** by piece, of which version of its picture */
  readonly #absent = new Map<string, number>()
  readonly #failed = new Map<string, { readonly version: number; readonly error: Error }>()
  #failure: Error | undefined
  #queue: Wanted[] = []
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

  /** the first error among the pieces that the last frame wanted */
  get failure(): Error | undefined {
    return this.#failure
  }

  begin(): void {
    this.#frame++
    this.#queue = []
    this.#failure = undefined
    for (const { key, region, pixels } of this.#arrived.splice(0, mostUploads)) {
      const before = this.#pieces.get(key)
      if (before) this.drop(before.id)
      this.#pieces.set(key, { id: this.make(pixels, true), region })
    }
  }

  /** The whole picture, coarse; undefined, and fetched, where it is not here yet. */
  coarse(picture: Picture): Piece | undefined {
    const region = { x: 0, y: 0, width: picture.width, height: picture.height }
    return this.#ask({
      key: `${picture.key}|coarse`,
      picture,
      region,
      load: (signal) => picture.coarse(signal),
    })
  }

  tile(picture: Picture, cell: Region): Piece | undefined {
    const region = withBorder(cell, picture)
    const key = `${picture.key}|${cell.x},${cell.y}`
    return this.#ask({ key, picture, region, load: (signal) => picture.tile(region, signal) })
  }

  /** What was not wanted in this frame is no longer fetched. */
  end(): void {
    for (const [key, loading] of this.#loading) {
      if (loading.wanted === this.#frame) continue
      loading.abort.abort()
      this.#loading.delete(key)
    }
    for (const wanted of this.#queue) {
      if (this.#loading.size >= mostLoading) break
      void this.#load(wanted)
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

  /** What could not be fetched is asked for again. */
  retry(): void {
    this.#failed.clear()
    this.#onArrival()
  }

  dispose(): void {
    for (const { abort } of this.#loading.values()) abort.abort()
    for (const { pixels } of this.#arrived) if (pixels instanceof ImageBitmap) pixels.close()
  }

  #ask(wanted: Wanted): Piece | undefined {
    const { key } = wanted
    const { version } = wanted.picture
    const piece = this.#pieces.get(key)
    if (piece) {
      this.#pieces.delete(key)
      this.#pieces.set(key, piece)
      return piece
    }
    const failed = this.#failed.get(key)
    const loading = this.#loading.get(key)
    if (loading) loading.wanted = this.#frame
    else if (failed?.version === version) this.#failure ??= failed.error
    else if (this.#absent.get(key) !== version && !this.#arrived.some((one) => one.key === key)) {
      if (!this.#queue.some((one) => one.key === key)) this.#queue.push(wanted)
    }
    return undefined
  }

  async #load({ key, picture: { version }, region, load }: Wanted): Promise<void> {
    const loading = { abort: new AbortController(), wanted: this.#frame }
    this.#loading.set(key, loading)
    try {
      const pixels = await load(loading.abort.signal)
      if (pixels) this.#arrived.push({ key, region, pixels })
      else this.#absent.set(key, version)
    } catch (error) {
      if (!loading.abort.signal.aborted) this.#failed.set(key, { version, error: error as Error })
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
