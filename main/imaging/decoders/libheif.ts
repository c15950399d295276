import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { newSamples } from '../raster.ts'
import { DecoderFailure } from './failure.ts'
import { libheifFiles, libheifPackage } from './packages.ts'
import type { DecodedPixels } from './tasks.ts'

/** A C++ enum's value, or an object in libheif's memory. */
interface Bound {
  readonly value?: number
  /** where it stands */
  readonly $$?: { readonly ptr: number }
}

interface HeifError {
  readonly code: { readonly value: number }
  readonly message: string
}

interface HeifChannel {
  readonly stride: number
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
  readonly bits_per_pixel: number
}

interface HeifPicture {
  readonly image: Bound
  readonly width: number
  readonly height: number
  readonly channels: readonly HeifChannel[]
}

/** What is used of libheif's C interface as libheif-js binds it. */
interface HeifModule {
  heif_context_alloc(): Bound
  heif_context_free(context: Bound): void
  heif_context_read_from_memory(context: Bound, bytes: Uint8Array): HeifError
  heif_js_context_get_primary_image_handle(context: Bound): Bound | HeifError
  heif_js_context_get_image_handle(context: Bound, id: number): Bound | HeifError
  heif_image_handle_get_width(handle: Bound): number
  heif_image_handle_get_height(handle: Bound): number
  heif_image_handle_has_alpha_channel(handle: Bound): number
  heif_image_handle_release(handle: Bound): void
  heif_js_decode_image2(handle: Bound, space: Bound, chroma: Bound): HeifPicture | HeifError
  heif_image_release(image: Bound): void
  heif_colorspace: Record<'heif_colorspace_RGB', Bound>
  _heif_image_handle_get_list_of_thumbnail_IDs(handle: number, ids: number, most: number): number
  _malloc(bytes: number): number
  _free(pointer: number): void
  readonly HEAPU8: Uint8Array
  heif_chroma: Record<`heif_chroma_interleaved_${'RGB' | 'RGBA' | 'RRGGBB_LE' | 'RRGGBBAA_LE'}`, Bound>
}

type Factory = (options: { wasmBinary: Uint8Array; print: () => void; printErr: () => void }) => unknown

const mostThumbnails = 16

/** libheif and libde265 loaded into memory of their own, which grows as they decode and never shrinks. */
export class LibHeif {
  readonly #heif: HeifModule

  private constructor(heif: HeifModule) {
    this.#heif = heif
  }

  static async load(): Promise<LibHeif> {
    const found = libheifPackage()
    if (!found) throw new DecoderFailure('unsupported', 'the package libheif-js is not installed')
    const files = libheifFiles(found)
    const factory = createRequire(import.meta.url)(files.script) as Factory
    const silent = () => {}
    const options = { wasmBinary: readFileSync(files.wasm), print: silent, printErr: silent }
    return new LibHeif((await factory(options)) as HeifModule)
  }

  get memoryBytes(): number {
    return this.#heif.HEAPU8.length
  }

  /**
   * The main picture, turned, mirrored and cropped as the file says, as RGB at 8 or 16 bits; its 10 or 12 bits are
   * spread over 16 so that white is 65535.
   */
  pixels(bytes: Uint8Array, { depth, hasAlpha }: { depth: 8 | 16; hasAlpha: boolean }): DecodedPixels {
    return this.#with(bytes, (_, main) => this.#decode(main, depth, hasAlpha))
  }

  /** The same at 8 bits, from the smallest preview in the file that is at least so large, where it has one. */
  preview(bytes: Uint8Array, longestSide: number): DecodedPixels {
    const heif = this.#heif
    const sideOf = (handle: Bound) =>
      Math.max(heif.heif_image_handle_get_width(handle), heif.heif_image_handle_get_height(handle))
    const decode = (handle: Bound) =>
      this.#decode(handle, 8, heif.heif_image_handle_has_alpha_channel(handle) !== 0)
    return this.#with(bytes, (context, main) => {
      const previews = this.#thumbnailIds(main).map((id) =>
        checked(heif.heif_js_context_get_image_handle(context, id)),
      )
      const large = previews.filter((handle) => sideOf(handle) >= longestSide)
      try {
        for (const preview of large.sort((a, b) => sideOf(a) - sideOf(b))) {
          try {
            return decode(preview)
          } catch {
            // cameras write previews of another size than they say, which libheif refuses
          }
        }
        return decode(main)
      } finally {
        for (const handle of previews) heif.heif_image_handle_release(handle)
      }
    })
  }

  #with<Result>(bytes: Uint8Array, work: (context: Bound, main: Bound) => Result): Result {
    const heif = this.#heif
    const context = heif.heif_context_alloc()
    try {
      const opened = heif.heif_context_read_from_memory(context, bytes)
      if (opened.code.value !== 0) throw failure(opened)
      const main = checked(heif.heif_js_context_get_primary_image_handle(context))
      try {
        return work(context, main)
      } finally {
        heif.heif_image_handle_release(main)
      }
    } finally {
      heif.heif_context_free(context)
    }
  }

  #thumbnailIds(handle: Bound): number[] {
    const heif = this.#heif
    const ids = heif._malloc(4 * mostThumbnails)
    const count = heif._heif_image_handle_get_list_of_thumbnail_IDs(handle.$$?.ptr ?? 0, ids, mostThumbnails)
    const list = Buffer.from(heif.HEAPU8.slice(ids, ids + 4 * count))
    heif._free(ids)
    return Array.from({ length: count }, (_, i) => list.readUInt32LE(4 * i))
  }

  #decode(handle: Bound, depth: 8 | 16, hasAlpha: boolean): DecodedPixels {
    const heif = this.#heif
    const chroma = depth === 16 ? (hasAlpha ? 'RRGGBBAA_LE' : 'RRGGBB_LE') : hasAlpha ? 'RGBA' : 'RGB'
    const picture = checked(
      heif.heif_js_decode_image2(
        handle,
        heif.heif_colorspace.heif_colorspace_RGB,
        heif.heif_chroma[`heif_chroma_interleaved_${chroma}`],
      ),
    )
    try {
      const [channel] = picture.channels
      const { width, height } = picture
      const rowBytes = (width * (hasAlpha ? 4 : 3) * depth) / 8
      const needed = channel ? channel.stride * (height - 1) + rowBytes : 0
      if (!channel || channel.stride < rowBytes || channel.data.length < needed) {
        throw new DecoderFailure('damaged', `libheif gave no picture of ${width} x ${height}`)
      }
      return { width, height, channels: 3, ...samplesOf(channel, width, height, depth, hasAlpha) }
    } finally {
      heif.heif_image_release(picture.image)
    }
  }
}

function samplesOf(channel: HeifChannel, width: number, height: number, depth: 8 | 16, hasAlpha: boolean) {
  const { data, stride, bits_per_pixel: bits } = channel
  const pixels = newSamples(width * height * 3, depth)
  const alpha = hasAlpha ? newSamples(width * height, depth) : null
  const step = depth === 16 ? 2 : 1
  const wide = depth === 16
  const valueAt = (at: number) => {
    if (!wide) return data[at]!
    const value = data[at]! | (data[at + 1]! << 8)
    return bits < 16 ? (value << (16 - bits)) | (value >>> (2 * bits - 16)) : value
  }
  for (let y = 0, to = 0, i = 0; y < height; y++) {
    let at = y * stride
    for (let x = 0; x < width; x++, i++) {
      for (let c = 0; c < 3; c++, at += step) pixels[to++] = valueAt(at)
      if (!alpha) continue
      alpha[i] = valueAt(at)
      at += step
    }
  }
  return { pixels, alpha }
}

function checked<Result extends object>(result: Result | HeifError): Result {
  if ('code' in result) throw failure(result)
  return result
}

/** libheif/heif_error.h: 3 and 4 unsupported, 6 memory; its limits speak of themselves. */
function failure({ code, message }: HeifError): DecoderFailure {
  const text = `libheif: ${String(message).trim()}`
  if (code.value === 6 || /limit|memory/i.test(text)) return new DecoderFailure('too-large', text)
  if (code.value === 3 || code.value === 4) return new DecoderFailure('unsupported', text)
  return new DecoderFailure('damaged', text)
}
