import { createHash, randomBytes } from 'node:crypto'
import { totalmem } from 'node:os'
import { extname } from 'node:path'
import type { Layer } from '../../../shared/contract/common.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Image } from '../../catalog/image.ts'
import type { Catalog } from '../../catalog/open.ts'
import type { Raster } from '../../imaging/raster.ts'
import { readImage } from '../../imaging/read.ts'
import type { Access } from '../access.ts'

/** A picture that was made, and what else is known of it. */
export interface StoredLayer {
  readonly layer: Layer
  readonly raster: Raster
  /** a name for a file of it, without extension */
  readonly name: string
  /** bits of each latent position, once known */
  bits: Float32Array | null
  /** the file itself, where it was made as one */
  file: { readonly type: string; readonly extension: string; readonly bytes: Uint8Array } | null
  /** answers of the preview that made it, once it has ended */
  facts: unknown
}

interface Entry {
  readonly bytes: number
  pins: number
}

/** Decoded photos and results in memory: a share of the machine's, the least used ones go first. */
export class Pictures {
  readonly #catalog: Catalog
  readonly #access: Access
  readonly #limitBytes: number
  readonly #images = new Map<number, Promise<Raster>>()
  readonly #layers = new Map<string, StoredLayer>()
  readonly #byRequest = new Map<string, string>()
  /** in the order of their last use, of images (`i<id>`) and layers alike */
  readonly #used = new Map<string, Entry>()

  constructor(
    catalog: Catalog,
    access: Access,
    limitBytes = Math.min(3 * 2 ** 30, Math.max(2 ** 29, totalmem() / 6)),
  ) {
    this.#catalog = catalog
    this.#access = access
    this.#limitBytes = limitBytes
  }

  /**
   * An image of the catalog whose file is there and may be read, and the path of that file.
   * @throws AppError not-found, bad-input (outside of what is served)
   */
  async find(id: number): Promise<{ image: Image; path: string }> {
    const image = this.#catalog.images.byId(id)
    if (!image) throw new AppError('not-found', `the library has no image ${id}`)
    return { image, path: await this.#access.check(image.path) }
  }

  /** An image's file name without extension, for what is made of it. */
  nameOf(id: number): string {
    const name = this.#catalog.images.byId(id)?.name ?? `image ${id}`
    return name.slice(0, name.length - extname(name).length)
  }

  /** The decoded photo. @throws AppError as `find` and `readImage` */
  async image(id: number): Promise<Raster> {
    const key = `i${id}`
    const known = this.#images.get(id)
    if (known) {
      this.#touch(key)
      return known
    }
    const work = this.find(id).then(({ path }) => readImage(path))
    this.#images.set(id, work)
    try {
      const raster = await work
      this.#keep(key, sizeOf(raster))
      return raster
    } catch (error) {
      this.#images.delete(id)
      throw error
    }
  }

  /** Whether the photo is decoded, or being so. */
  hasImage(id: number): boolean {
    return this.#images.has(id)
  }

  /** Makes a picture known by a key. It stays at least until it is unpinned. */
  add(raster: Raster, name: string, prefix: 'r' | 'h' = 'r'): StoredLayer {
    const key = `${prefix}${randomBytes(8).toString('hex')}`
    const { width, height, channels, depth, alpha } = raster
    const layer = { key, width, height, channels, depth, hasAlpha: alpha !== null }
    const stored: StoredLayer = { layer, raster, name, bits: null, file: null, facts: null }
    this.#layers.set(key, stored)
    this.#keep(key, sizeOf(raster), 1)
    return stored
  }

  /** It may go from now on; under `request` it is found again. */
  finish({ layer, facts }: StoredLayer, request: string): void {
    if (facts !== null) this.#byRequest.set(request, layer.key)
    const entry = this.#used.get(layer.key)
    if (entry) entry.pins = 0
    this.#makeRoom()
  }

  drop(key: string): void {
    this.#layers.delete(key)
    this.#used.delete(key)
  }

  /** @throws AppError not-found for one that has gone */
  layer(key: string): StoredLayer {
    const stored = this.#layers.get(key)
    if (!stored) throw new AppError('not-found', `the picture ${key} is no longer kept: ask for it again`)
    this.#touch(key)
    return stored
  }

  /** An ended preview of the same request. */
  made(request: string): StoredLayer | null {
    const key = this.#byRequest.get(request)
    if (!key || !this.#layers.has(key)) return null
    return this.layer(key)
  }

  /** An image's or a layer's, by its key. */
  async raster(key: string): Promise<Raster> {
    return key.startsWith('i') ? this.image(Number(key.slice(1))) : this.layer(key).raster
  }

  #keep(key: string, bytes: number, pins = 0): void {
    this.#used.delete(key)
    this.#used.set(key, { bytes, pins })
    this.#makeRoom()
  }

  #touch(key: string): void {
    const entry = this.#used.get(key)
    if (!entry) return
    this.#used.delete(key)
    this.#used.set(key, entry)
  }

  #makeRoom(): void {
    let sum = [...this.#used.values()].reduce((total, { bytes }) => total + bytes, 0)
    for (const [key, { bytes, pins }] of this.#used) {
      if (sum <= this.#limitBytes) break
      const isLast = [...this.#used.keys()].at(-1) === key
      if (pins > 0 || isLast) continue
      this.#used.delete(key)
      this.#layers.delete(key)
      if (key.startsWith('i')) this.#images.delete(Number(key.slice(1)))
      sum -= bytes
    }
    for (const [request, key] of this.#byRequest) if (!this.#layers.has(key)) this.#byRequest.delete(request)
  }
}

/** Names what was asked for, whatever the order of its fields. */
export function requestKey(kind: string, request: Readonly<Record<string, unknown>>): string {
  const sorted = JSON.stringify(request, (_, value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
  return `${kind}:${createHash('sha256').update(sorted).digest('hex')}`
}

function sizeOf({ pixels, alpha }: Raster): number {
  return pixels.byteLength + (alpha?.byteLength ?? 0)
}
