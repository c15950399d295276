import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { DecoderFailure } from './failure.ts'
import { librawFiles, librawPackage } from './packages.ts'
import type { DecodedPixels, RawFacts, RawPreview } from './tasks.ts'

/** One file in LibRaw, as libraw-wasm's C++ binds it; `delete` frees its memory. */
interface RawFile {
  open(bytes: Uint8Array, settings: object): void
  metadata(full: boolean): RawMetadata
  imageData(): { width: number; height: number; colors: number; bits: number; data: Uint16Array }
  thumbnailData(): { width: number; height: number; format: string; data: Uint8Array } | undefined
  delete(): void
}

interface RawMetadata {
  readonly width: number
  readonly height: number
  /** bit 0 mirrors, bit 1 turns upside down, bit 2 swaps the axes, in this order from the last */
  readonly flip: number
  readonly pixel_aspect: number
  readonly colors: number
}

/** What is used of it: TypeScript declares WebAssembly together with the browser only. */
declare const WebAssembly: {
  Memory: new (pages: { initial: number; maximum: number; shared: true }) => WasmMemory
  instantiate(binary: Uint8Array, imports: object): Promise<{ instance: object; module: object }>
}

interface WasmMemory {
  readonly buffer: SharedArrayBuffer
}

type Factory = (options: object) => Promise<{ LibRaw: new () => RawFile }>

const pageBytes = 65536
/** What the binary declares: 256 MB to start with, 2 GB at most. */
const memoryPages = { initial: 4096, maximum: 32768 }
/** Raw samples, four channels to interpolate in, three to hand out; 16 bits each. */
const bytesPerPixel = 16

/**
 * White balance as shot, the camera's matrix, AHD interpolation (X-Trans: Markesteijn), clipped highlights, sRGB with
 * its own curve, 16 bits. No brightening by the picture's histogram: what was exposed alike comes out alike. The curve
 * takes effect only as a list of six.
 */
const settings = {
  ...{ useCameraWb: 1, useCameraMatrix: 1, userQual: 3, highlight: 0 },
  ...{ outputColor: 1, outputBps: 16, noAutoBright: 1, gamm: [1 / 2.4, 12.92, 0, 0, 0, 0] },
}

/** EXIF orientation by LibRaw's flip. */
const orientationOfFlip = [1, 2, 4, 3, 5, 8, 6, 7]

/** LibRaw loaded into memory of its own; never to be used again once a call has failed. */
export class LibRaw {
  readonly #memory: WasmMemory
  readonly #create: () => RawFile
  /** what LibRaw has printed: damage that it decoded in spite of */
  readonly #complaints: string[]

  private constructor(memory: WasmMemory, create: () => RawFile, complaints: string[]) {
    this.#memory = memory
    this.#create = create
    this.#complaints = complaints
  }

  static async load(): Promise<LibRaw> {
    const found = librawPackage()
    if (!found) throw new DecoderFailure('unsupported', 'the package libraw-wasm is not installed')
    const files = librawFiles(found)
    const factory = ((await import(pathToFileURL(files.script).href)) as { default: Factory }).default
    const binary = readFileSync(files.wasm)
    const wasmMemory = new WebAssembly.Memory({ ...memoryPages, shared: true })
    const complaints: string[] = []
    const complain = (line: string) => complaints.push(line)
    const { LibRaw: Bound } = await factory({
      ...{ wasmMemory, print: complain, printErr: complain },
      instantiateWasm(imports: object, done: (instance: object, module: object) => void) {
        WebAssembly.instantiate(binary, imports).then(({ instance, module }) => done(instance, module))
        return {}
      },
    })
    return new LibRaw(wasmMemory, () => new Bound(), complaints)
  }

  facts(bytes: Uint8Array): RawFacts {
    return this.#with(bytes, settings, (file) => factsOf(file.metadata(true)))
  }

  /** The picture: interpolated, white balanced and upright. */
  pixels(bytes: Uint8Array, half: boolean): DecodedPixels {
    return this.#with(bytes, { ...settings, halfSize: half ? 1 : 0 }, (file) => {
      const { width, height } = factsOf(file.metadata(true))
      const needed = width * height * (half ? bytesPerPixel / 4 : bytesPerPixel) + bytes.length
      if (needed > memoryPages.maximum * pageBytes) {
        const megapixels = Math.round((width * height) / 1e6)
        throw new DecoderFailure('too-large', `${megapixels} megapixels are more than LibRaw's 2 GB hold`)
      }
      const { data, colors, ...size } = file.imageData()
      if (this.#complaints.length > 0) {
        const words = this.#complaints[0]!.replace(/^unknown file: /, '')
        throw new DecoderFailure(/unexpected end/i.test(words) ? 'cut-short' : 'damaged', `LibRaw: ${words}`)
      }
      const channels = colors === 1 ? 1 : 3
      if (!(data instanceof Uint16Array) || data.length !== size.width * size.height * channels) {
        throw new DecoderFailure(
          'damaged',
          `LibRaw gave ${colors} channels of ${size.width} x ${size.height}`,
        )
      }
      return { width: size.width, height: size.height, channels, pixels: data, alpha: null }
    })
  }

  /** What `facts` gives, and the largest preview in the file. */
  preview(bytes: Uint8Array): RawFacts & { preview: RawPreview | null } {
    return this.#with(bytes, settings, (file) => ({
      ...factsOf(file.metadata(true)),
      preview: previewOf(file.thumbnailData()),
    }))
  }

  #with<Result>(bytes: Uint8Array, wanted: object, work: (file: RawFile) => Result): Result {
    this.#complaints.length = 0
    try {
      const file = this.#create()
      file.open(bytes, wanted)
      const result = work(file)
      file.delete()
      return result
    } catch (error) {
      throw error instanceof DecoderFailure ? error : this.#failure(error)
    }
  }

  /** What a C++ exception, or a trap, says. */
  #failure(error: unknown): DecoderFailure {
    const text = this.#exceptionText(error) ?? (error instanceof Error ? error.message : 'LibRaw gave it up')
    // libraw_const.h: LIBRAW_FILE_UNSUPPORTED; LIBRAW_UNSUFFICIENT_MEMORY, LIBRAW_TOO_BIG; LIBRAW_IO_ERROR
    if (/code -2\b|no image|unavailable/.test(text)) return new DecoderFailure('unsupported', text)
    if (/code -10000?7|-100012|allocat|out of memory|bad_alloc/i.test(text)) {
      return new DecoderFailure('too-large', text)
    }
    return new DecoderFailure(/-100009/.test(text) ? 'cut-short' : 'damaged', text)
  }

  /** libc++ lays std::runtime_error out as its virtual table and a pointer to its text. */
  #exceptionText(error: unknown): string | null {
    const pointer = (error as { excPtr?: unknown } | null)?.excPtr
    if (typeof pointer !== 'number') return null
    const bytes = Buffer.from(this.#memory.buffer)
    if (pointer + 8 > bytes.length) return null
    const at = bytes.readUInt32LE(pointer + 4)
    const text = bytes.toString('latin1', at, Math.min(bytes.length, at + 200)).split('\0')[0]!
    return /^[\x20-\x7e]{4,}$/.test(text) ? text : null
  }
}

function previewOf(found: ReturnType<RawFile['thumbnailData']>): RawPreview | null {
  if (found?.format === 'jpeg') return { kind: 'jpeg', bytes: found.data }
  if (found?.format !== 'bitmap' || found.data.length !== found.width * found.height * 3) return null
  return { kind: 'rgb8', width: found.width, height: found.height, pixels: found.data }
}

function factsOf({ width, height, flip, pixel_aspect: aspect, colors }: RawMetadata): RawFacts {
  // the binding swaps the sides for all flips that lie but the plain transposition
  const size = flip === 4 ? { width: height, height: width } : { width, height }
  const lies = (flip & 4) !== 0
  // LibRaw stretches pixels that are not square to the larger of their sides
  const isSquare = !(aspect > 0) || (aspect > 0.995 && aspect < 1.005)
  const along = isSquare ? 1 : aspect < 1 ? 1 / aspect : aspect
  const widens = aspect > 1 !== lies
  return {
    width: !isSquare && widens ? Math.floor(size.width * along + 0.5) : size.width,
    height: !isSquare && !widens ? Math.floor(size.height * along + 0.5) : size.height,
    orientation: orientationOfFlip[flip & 7]!,
    channels: colors === 1 ? 1 : 3,
  }
}
