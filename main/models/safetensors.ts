import { readFile } from 'node:fs/promises'
import writeFileAtomic from 'write-file-atomic'
import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'

/**
 * The safetensors format (github.com/huggingface/safetensors): 8 bytes little-endian header length, a JSON header
 * `name -> {dtype, shape, data_offsets}`, then the raw little-endian values.
 */
export interface StoredTensor {
  readonly shape: readonly number[]
  /** `float16` and `int8` save space on disk; they are read back as float32 and int8 */
  readonly data: Float32Array | Int32Array | Uint16Array | Int8Array | Uint8Array
}

export type StoredTensors = Record<string, StoredTensor>

export interface TensorFile {
  readonly tensors: StoredTensors
  readonly metadata: Readonly<Record<string, string>>
}

const readers = new Map<string, { bytes: number; read: (buffer: ArrayBuffer) => StoredTensor['data'] }>([
  ['F32', { bytes: 4, read: (buffer) => new Float32Array(buffer) }],
  ['F16', { bytes: 2, read: (buffer) => new Float32Array(new Float16Array(buffer)) }],
  ['I32', { bytes: 4, read: (buffer) => new Int32Array(buffer) }],
  ['U16', { bytes: 2, read: (buffer) => new Uint16Array(buffer) }],
  ['I8', { bytes: 1, read: (buffer) => new Int8Array(buffer) }],
  ['U8', { bytes: 1, read: (buffer) => new Uint8Array(buffer) }],
])
// More than any network here has tensors for; a larger claim is a damaged file.
const largestHeaderBytes = 16 << 20

const size = z.int().min(0)
const headerSchema = z.looseObject({ __metadata__: z.record(z.string(), z.string()).optional() })
const entrySchema = z.looseObject({
  dtype: z.string(),
  shape: z.array(size),
  data_offsets: z.tuple([size, size]),
})

/**
 * @throws AppError naming `label`: `corrupt` when the bytes are not a whole, consistent safetensors file,
 *   `unsupported` when a tensor has a type that is not read here
 */
export function decodeSafetensors(bytes: Uint8Array, label: string): TensorFile {
  const corrupt = (what: string, cause?: unknown) =>
    new AppError('corrupt', `${label} is not a safetensors file: ${what}`, { cause })
  if (bytes.length < 8) throw corrupt(`${bytes.length} bytes are too few`)
  const headerBytes = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  if (headerBytes > Math.min(largestHeaderBytes, bytes.length - 8))
    throw corrupt(`a header of ${headerBytes} bytes in a file of ${bytes.length}`)
  const header = headerSchema.safeParse(parseJson(bytes.subarray(8, 8 + headerBytes)))
  if (!header.success) throw corrupt('its header is no JSON object of tensors', header.error)
  // Not `subarray`: a Buffer's `slice` would not copy.
  const values = new Uint8Array(
    bytes.buffer,
    bytes.byteOffset + 8 + headerBytes,
    bytes.length - 8 - headerBytes,
  )
  const { __metadata__: metadata = {}, ...claimed } = header.data
  const entries = Object.entries(claimed).map(([name, claim]) => {
    const entry = entrySchema.safeParse(claim)
    if (!entry.success || name === '__proto__')
      throw corrupt(`the entry '${name}' is not {dtype, shape, data_offsets}`)
    return { name, ...entry.data }
  })

  const tensors: StoredTensors = {}
  let expectedStart = 0
  // In the order of their bytes: they fill the file without gap or overlap, so no claim can multiply its size.
  for (const { name, dtype, shape, data_offsets } of entries.sort(byOffset)) {
    const reader = readers.get(dtype)
    if (!reader)
      throw new AppError(
        'unsupported',
        `${label}: '${name}' has type ${dtype}, expected ${[...readers.keys()]}`,
      )
    const [start, end] = data_offsets
    const expectedBytes = shape.reduce((product, side) => product * side, reader.bytes)
    if (start !== expectedStart || end > values.length || end - start !== expectedBytes) {
      throw corrupt(`'${name}' ${dtype} [${shape}] claims bytes ${start} to ${end} of ${values.length}`)
    }
    expectedStart = end
    // A copy: tensors of odd byte offsets could not be viewed in place.
    tensors[name] = { shape, data: reader.read(values.slice(start, end).buffer as ArrayBuffer) }
  }
  if (expectedStart !== values.length)
    throw corrupt(`${values.length - expectedStart} bytes belong to no tensor`)
  return { tensors, metadata }
}

type Entry = z.infer<typeof entrySchema>
function byOffset({ data_offsets: a }: Entry, { data_offsets: b }: Entry): number {
  return a[0] - b[0] || a[1] - b[1]
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return null
  }
}

/** @param half stores float32 values as float16 */
export function encodeSafetensors({ tensors, metadata }: TensorFile, half = false): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata }
  const parts: Uint8Array[] = []
  let offset = 0
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    const [dtype, stored] = storedForm(data, half)
    const part = new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength)
    header[name] = { dtype, shape, data_offsets: [offset, offset + part.length] }
    offset += part.length
    parts.push(part)
  }
  const json = JSON.stringify(header)
  const text = new TextEncoder().encode(json)
  const padding = -text.length & 7 // keeps the values aligned to 8 bytes
  const result = new Uint8Array(8 + text.length + padding + offset)
  new DataView(result.buffer).setBigUint64(0, BigInt(text.length + padding), true)
  result.set(text, 8)
  result.fill(0x20, 8 + text.length, 8 + text.length + padding)
  let position = 8 + text.length + padding
  for (const part of parts) {
    result.set(part, position)
    position += part.length
  }
  return result
}

function storedForm(data: StoredTensor['data'], half: boolean): [dtype: string, data: ArrayBufferView] {
  if (data instanceof Float32Array) return half ? ['F16', new Float16Array(data)] : ['F32', data]
  if (data instanceof Int32Array) return ['I32', data]
  if (data instanceof Uint16Array) return ['U16', data]
  return data instanceof Int8Array ? ['I8', data] : ['U8', data]
}

/** @throws AppError `not-found` or `corrupt` naming the file */
export async function readSafetensors(path: string): Promise<TensorFile> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new AppError(
      error.code === 'ENOENT' ? 'not-found' : 'unreadable',
      `${path} cannot be read (${error.code})`,
      {
        cause: error,
      },
    )
  })
  return decodeSafetensors(bytes, path)
}

/** Writes to a temporary name, syncs and renames. */
export async function writeSafetensors(path: string, file: TensorFile, half = false): Promise<void> {
  await writeFileAtomic(path, Buffer.from(encodeSafetensors(file, half).buffer))
}
