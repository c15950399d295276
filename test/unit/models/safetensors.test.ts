import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  decodeSafetensors,
  encodeSafetensors,
  readSafetensors,
  type StoredTensors,
  writeSafetensors,
} from '../../../main/models/safetensors.ts'

const python = process.env.HOURGLASS_TEST_PYTHON || 'python3'
const pythonHasIt = spawnSync(python, ['-c', 'import safetensors.numpy']).status === 0

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-safetensors-'))
})
afterAll(() => rm(folder, { recursive: true }))

const tensors: StoredTensors = {
  bytes: { shape: [3], data: Int8Array.of(-128, 0, 127) },
  'encoder.0.weight': { shape: [2, 3], data: Float32Array.of(1, -2.5, 3e-8, 65504, 0, -0.1) },
  counts: { shape: [2, 1], data: Int32Array.of(-(2 ** 31), 2 ** 31 - 1) },
  none: { shape: [0, 4], data: new Float32Array(0) },
  scalar: { shape: [], data: Float32Array.of(7) },
  symbols: { shape: [1], data: Uint8Array.of(255) },
}
const metadata = { architecture: '{"id":"dense"}', note: 'größer' }

/** An independent reader, straight from the format's description; float32, float16 by hand, and integers. */
function plainRead(file: Buffer): Record<string, { dtype: string; shape: number[]; values: number[] }> {
  const headerBytes = Number(file.readBigUInt64LE(0))
  const { __metadata__, ...header } = JSON.parse(file.toString('utf8', 8, 8 + headerBytes))
  const readers: Record<string, [size: number, read: (at: number) => number]> = {
    F32: [4, (at) => file.readFloatLE(at)],
    F16: [2, (at) => halfOf(file.readUInt16LE(at))],
    I32: [4, (at) => file.readInt32LE(at)],
    I8: [1, (at) => file.readInt8(at)],
    U8: [1, (at) => file.readUInt8(at)],
  }
  const entries = Object.entries(
    header as Record<string, { dtype: string; shape: number[]; data_offsets: number[] }>,
  )
  return Object.fromEntries(
    entries.map(([name, { dtype, shape, data_offsets }]) => {
      const [size, read] = readers[dtype]!
      const count = (data_offsets[1]! - data_offsets[0]!) / size
      const start = 8 + headerBytes + data_offsets[0]!
      return [name, { dtype, shape, values: Array.from({ length: count }, (_, i) => read(start + i * size)) }]
    }),
  )
}

/** IEEE 754 binary16 */
function halfOf(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023]
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity
  return sign * (exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : (fraction / 1024) * 2 ** -14)
}

test('what is written is read back exactly, and an independent reader finds the same', async () => {
  const path = join(folder, 'a.safetensors')
  await writeSafetensors(path, { tensors, metadata })
  expect(await readdir(folder)).toEqual(['a.safetensors'])
  const { tensors: again, metadata: said } = await readSafetensors(path)
  expect(again).toEqual(tensors)
  expect(said).toEqual(metadata)
  const plain = plainRead(await readFile(path))
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    expect(plain[name]).toMatchObject({ shape, values: [...data] })
  }
})

test('half precision rounds float32 to float16 and leaves integers', () => {
  const file = Buffer.from(encodeSafetensors({ tensors, metadata }, true))
  const plain = plainRead(file)
  expect(plain['encoder.0.weight']).toEqual({
    ...{ dtype: 'F16', shape: [2, 3] },
    values: [1, -2.5, 2 ** -24, 65504, 0, -0.0999755859375], // 2 ** -24 is the smallest float16 above 0
  })
  expect(plain.counts!.dtype).toBe('I32')
  const { tensors: again } = decodeSafetensors(file, 'half')
  expect([...again['encoder.0.weight']!.data]).toEqual(plain['encoder.0.weight']!.values)
  expect(again.bytes).toEqual(tensors.bytes)
})

test('a piece of a larger buffer is read as well, whatever its alignment', () => {
  const file = encodeSafetensors({ tensors, metadata })
  const larger = new Uint8Array(file.length + 3)
  larger.set(file, 3)
  expect(decodeSafetensors(larger.subarray(3), 'piece').tensors).toEqual(tensors)
  expect(decodeSafetensors(Buffer.from(file), 'buffer').tensors).toEqual(tensors)
})

test.skipIf(!pythonHasIt)(`Python's safetensors (${python}) opens it`, async () => {
  const path = join(folder, 'python.safetensors')
  await writeSafetensors(path, { tensors, metadata }, true)
  const script = `import json, sys
from safetensors import safe_open
with safe_open(sys.argv[1], 'np') as file:
    print(json.dumps([file.metadata(), {k: [list(file.get_tensor(k).shape), file.get_tensor(k).ravel().tolist()] for k in file.keys()}]))`
  const [said, found] = JSON.parse(execFileSync(python, ['-c', script, path], { encoding: 'utf8' }))
  expect(said).toEqual(metadata)
  const expected = decodeSafetensors(await readFile(path), path).tensors
  expect(found).toEqual(
    Object.fromEntries(Object.entries(expected).map(([name, { shape, data }]) => [name, [shape, [...data]]])),
  )
})

describe('files that are not what they claim', () => {
  /** A file of this header and so many bytes of values. */
  function fileOf(header: unknown, valueBytes: number, claimedHeaderBytes?: number): Uint8Array {
    const json = typeof header === 'string' ? header : JSON.stringify(header)
    const text = header instanceof Uint8Array ? header : new TextEncoder().encode(json)
    const bytes = new Uint8Array(8 + text.length + valueBytes)
    new DataView(bytes.buffer).setBigUint64(0, BigInt(claimedHeaderBytes ?? text.length), true)
    bytes.set(text, 8)
    return bytes
  }
  const entry = (start: number, end: number, shape: unknown = [(end - start) / 4], dtype = 'F32') => ({
    ...{ dtype, shape, data_offsets: [start, end] },
  })
  const fails = (bytes: Uint8Array, code: string, message: RegExp) => {
    const before = process.memoryUsage().arrayBuffers
    expect(() => decodeSafetensors(bytes, 'odd.safetensors')).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    )
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 << 20)
  }

  test('cut anywhere, a file is refused', () => {
    const file = encodeSafetensors({ tensors, metadata })
    for (let length = 0; length < file.length; length++) {
      fails(file.subarray(0, length), 'corrupt', /^odd\.safetensors is not a safetensors file: /)
    }
  })

  test('a header longer than the file, or of absurd length', () => {
    fails(fileOf({}, 0, 3), 'corrupt', /a header of 3 bytes in a file of 10/)
    fails(fileOf({}, 64, 2 ** 53), 'corrupt', /a header of 9007199254740992 bytes/)
    fails(new Uint8Array(16).fill(255), 'corrupt', /a header of/)
    fails(fileOf({}, 20 << 20, 17 << 20), 'corrupt', /a header of/)
  })

  test.each([
    ['no JSON', '{"a"'],
    ['no UTF-8', Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x7b, 0x7d, 0x7d)],
    ['null', 'null'],
    ['a list', '[1]'],
    ['a number', '7'],
    ['metadata that is not text', { __metadata__: { a: 1 } }],
    ['an entry that is null', { a: null }],
    ['an entry without offsets', { a: { dtype: 'F32', shape: [1] } }],
    ['offsets that are no pair', { a: { dtype: 'F32', shape: [1], data_offsets: [0] } }],
    ['a shape that is no list', { a: entry(0, 4, 1) }],
    ['negative sides', { a: entry(0, 8, [-1, -2]) }],
    ['a fraction of a value', { a: entry(0, 4, [0.5, 2]) }],
    ['a reserved name', '{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'],
  ])('%s for a header', (_, header) => {
    fails(fileOf(header, 8), 'corrupt', /not a safetensors file/)
  })

  test('offsets outside the file, of another length than the shape, with gaps or overlaps', () => {
    fails(fileOf({ a: entry(0, 12) }, 8), 'corrupt', /'a' F32 \[3\] claims bytes 0 to 12 of 8/)
    fails(fileOf({ a: entry(8, 0, [0]) }, 8), 'corrupt', /claims bytes 8 to 0/)
    fails(fileOf({ a: entry(0, 8, [3]) }, 8), 'corrupt', /claims bytes/)
    fails(fileOf({ a: entry(4, 8) }, 8), 'corrupt', /claims bytes 4 to 8/)
    fails(fileOf({ a: entry(0, 4), b: entry(0, 8) }, 8), 'corrupt', /'b'/)
    fails(fileOf({ a: entry(0, 4) }, 8), 'corrupt', /4 bytes belong to no tensor/)
    fails(fileOf({ a: entry(0, 0, [0, 1e300]) }, 0), 'corrupt', /the entry 'a'/)
    fails(fileOf({ a: entry(0, 8, [2 ** 40, 2 ** 40]) }, 8), 'corrupt', /claims bytes/)
  })

  test('many claims on the same bytes do not multiply them', () => {
    const claims = Array.from({ length: 1000 }, (_, i) => [`t${i}`, entry(0, 1 << 20)])
    fails(fileOf(Object.fromEntries(claims), 1 << 20), 'corrupt', /claims bytes 0 to 1048576/)
  })

  test('types that are not read here are named', () => {
    fails(
      fileOf({ a: entry(0, 8, [1], 'F64') }, 8),
      'unsupported',
      /'a' has type F64, expected F32,F16,I32,U16,I8,U8/,
    )
    fails(fileOf({ a: entry(0, 8, [1], 'constructor') }, 8), 'unsupported', /has type constructor/)
  })

  test('a file that is not there, and a folder', async () => {
    const missing = join(folder, 'missing.safetensors')
    await expect(readSafetensors(missing)).rejects.toMatchObject({ code: 'not-found' })
    await expect(readSafetensors(folder)).rejects.toMatchObject({ code: 'unreadable' })
    await writeFile(missing, '')
    await expect(readSafetensors(missing)).rejects.toMatchObject({ code: 'corrupt' })
  })
})
