import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { AppError } from '../../../shared/errors.ts'

export type IdxData = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array

/** An array of an IDX file: the last dimension changes fastest. */
export interface IdxArray {
  readonly shape: readonly number[]
  readonly data: IdxData
}

const largestBytes = 2 ** 31
const unzip = promisify(gunzip)

// http://yann.lecun.com/exdb/mnist: "the IDX file format"; numbers are big-endian
const types: Record<
  number,
  { size: number; make(count: number): IdxData; read(view: DataView, at: number): number }
> = {
  8: { size: 1, make: (n) => new Uint8Array(n), read: (view, at) => view.getUint8(at) },
  9: { size: 1, make: (n) => new Int8Array(n), read: (view, at) => view.getInt8(at) },
  11: { size: 2, make: (n) => new Int16Array(n), read: (view, at) => view.getInt16(at) },
  12: { size: 4, make: (n) => new Int32Array(n), read: (view, at) => view.getInt32(at) },
  13: { size: 4, make: (n) => new Float32Array(n), read: (view, at) => view.getFloat32(at) },
  14: { size: 8, make: (n) => new Float64Array(n), read: (view, at) => view.getFloat64(at) },
}

/**
 * Reads an IDX file, plain or gzipped (told by its bytes, not its name), of 2 GiB at most.
 * Throws AppError naming the file: `not-found`, `unreadable` (cannot be opened, or ends early), `corrupt` (not IDX,
 * or longer than its header says), `unsupported` (element type), `too-large`.
 */
export async function readIdx(path: string): Promise<IdxArray> {
  const bytes = await readUnzipped(path)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (bytes.length < 4) throw endsEarly(path, 4, bytes.length)
  if (bytes[0] !== 0 || bytes[1] !== 0 || bytes[3] === 0) {
    const start = bytes.subarray(0, 4).toString('hex')
    throw new AppError(
      'corrupt',
      `${path}: not an IDX file: expected it to start with 0000, type and rank, got ${start}`,
    )
  }
  const type = types[bytes[2]]
  if (!type) {
    const known = Object.keys(types).join(', ')
    throw new AppError('unsupported', `${path}: expected an element type of ${known}, got ${bytes[2]}`)
  }
  const headerBytes = 4 + bytes[3] * 4
  if (bytes.length < headerBytes) throw endsEarly(path, headerBytes, bytes.length)
  const shape = Array.from({ length: bytes[3] }, (_, axis) => view.getUint32(4 + axis * 4))
  const count = shape.reduce((product, side) => product * side, 1)
  const expected = headerBytes + count * type.size
  if (bytes.length < expected) throw endsEarly(path, expected, bytes.length, shape)
  if (bytes.length > expected) {
    const lie = `its header says ${shape.join('x')}, ${expected} bytes, but it has ${bytes.length}`
    throw new AppError('corrupt', `${path}: ${lie}`)
  }
  const data = type.make(count)
  if (type.size === 1) new Uint8Array(data.buffer).set(bytes.subarray(headerBytes))
  else for (let i = 0; i < count; i++) data[i] = type.read(view, headerBytes + i * type.size)
  return { shape, data }
}

/** Small images, 8 bits, one after another. */
export interface IdxImages {
  readonly count: number
  readonly rows: number
  readonly columns: number
  /** 1 grey, 3 colours, the last to change */
  readonly channels: 1 | 3
  /** count * rows * columns * channels bytes */
  readonly pixels: Uint8Array
  /** One class per image, when there is a file of labels. */
  readonly labels: Uint8Array | null
}

/** Images and, if given, their labels. Throws as readIdx, and AppError `bad-input` when the two do not fit together. */
export async function idxImages(imagesPath: string, labelsPath?: string): Promise<IdxImages> {
  const images = await readBytes(imagesPath, [3, 4], 'images (count, rows, columns) or (..., 3)')
  const [count, rows, columns, channels = 1] = images.shape
  if (channels !== 1 && channels !== 3) {
    throw new AppError('bad-input', `${imagesPath}: expected 1 or 3 channels, got ${channels}`)
  }
  const found = { count: count!, rows: rows!, columns: columns!, channels, pixels: images.data } as const
  if (!labelsPath) return { ...found, labels: null }
  const labels = await readBytes(labelsPath, [1], 'labels (count)')
  if (labels.shape[0] === count) return { ...found, labels: labels.data }
  throw new AppError(
    'bad-input',
    `${labelsPath}: expected ${count} labels, as many as images, got ${labels.shape[0]}`,
  )
}

async function readBytes(path: string, ranks: readonly number[], what: string) {
  const { shape, data } = await readIdx(path)
  if (data instanceof Uint8Array && ranks.includes(shape.length)) return { shape, data }
  const received = `${data.constructor.name} of shape ${shape.join('x')}`
  throw new AppError('bad-input', `${path}: expected ${what} as unsigned bytes, got ${received}`)
}

async function readUnzipped(path: string): Promise<Buffer> {
  let bytes: Buffer
  try {
    bytes = await readFile(path)
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    throw new AppError(missing ? 'not-found' : 'unreadable', `${path}: cannot be read (${cause})`, { cause })
  }
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return await unzip(bytes, { maxOutputLength: largestBytes })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw new AppError('too-large', `${path}: unpacks to more than ${largestBytes} bytes`, { cause })
    }
    const early = code === 'Z_BUF_ERROR'
    throw new AppError(early ? 'unreadable' : 'corrupt', `${path}: cannot be unpacked (${cause})`, { cause })
  }
}

function endsEarly(path: string, expected: number, received: number, shape?: readonly number[]): AppError {
  const header = shape ? `; its header says ${shape.join('x')}` : ''
  return new AppError(
    'unreadable',
    `${path}: ends early: expected ${expected} bytes, got ${received}${header}`,
  )
}
