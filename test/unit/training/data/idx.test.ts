import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { idxImages, readIdx } from '../../../../main/training/data/idx.ts'
import { temporaryFolder } from './photos.ts'

const folder = temporaryFolder()
afterAll(() => rmSync(folder, { recursive: true }))

function header(type: number, ...shape: number[]): Buffer {
  const bytes = Buffer.alloc(4 + shape.length * 4)
  bytes.set([0, 0, type, shape.length])
  for (const [axis, side] of shape.entries()) bytes.writeUInt32BE(side, 4 + axis * 4)
  return bytes
}

function write(name: string, ...parts: Uint8Array[]): string {
  const path = join(folder, name)
  writeFileSync(path, Buffer.concat(parts))
  return path
}

test.each([
  [8, [255, 1], Uint8Array.of(255, 1)],
  [9, [255, 1], Int8Array.of(-1, 1)],
  [11, [255, 254, 1, 0], Int16Array.of(-2, 256)],
  [12, [255, 255, 255, 254, 0, 1, 0, 0], Int32Array.of(-2, 65536)],
  [13, [0x3f, 0xc0, 0, 0, 0xc0, 0x20, 0, 0], Float32Array.of(1.5, -2.5)],
  [14, [0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0xc0, 4, 0, 0, 0, 0, 0, 0], Float64Array.of(1.5, -2.5)],
])('elements of type %i are big-endian', async (type, bytes, expected) => {
  const path = write(`type${type}`, header(type, 1, 2), Uint8Array.from(bytes))
  expect(await readIdx(path)).toEqual({ shape: [1, 2], data: expected })
})

test('gzip is told by its bytes, whatever the name', async () => {
  const plain = Buffer.concat([header(8, 3), Uint8Array.of(1, 2, 3)])
  expect(await readIdx(write('packed', gzipSync(plain)))).toEqual(await readIdx(write('plain.gz', plain)))
})

test.each([
  ['empty', Buffer.alloc(0), 'unreadable', /ends early: expected 4 bytes, got 0/],
  ['not IDX', Buffer.from('PNG file'), 'corrupt', /not an IDX file.*got 504e4720/],
  ['rank 0', Buffer.of(0, 0, 8, 0), 'corrupt', /not an IDX file/],
  ['type 10', header(10, 1), 'unsupported', /expected an element type of 8, 9, 11, 12, 13, 14, got 10/],
  ['half a header', header(8, 3, 4).subarray(0, 9), 'unreadable', /expected 12 bytes, got 9/],
  [
    'truncated',
    Buffer.concat([header(12, 5), Buffer.alloc(19)]),
    'unreadable',
    /expected 28 bytes, got 27; its header says 5/,
  ],
  [
    'too long',
    Buffer.concat([header(8, 2, 2), Buffer.alloc(5)]),
    'corrupt',
    /its header says 2x2, 16 bytes, but it has 17/,
  ],
  ['a huge lie', header(14, 2 ** 32 - 1, 2 ** 32 - 1, 9), 'unreadable', /ends early/],
  [
    'half a gzip',
    gzipSync(Buffer.alloc(5000, 'abcdefg')).subarray(0, 20),
    'unreadable',
    /cannot be unpacked/,
  ],
  ['bad gzip', Buffer.of(0x1f, 0x8b, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9), 'corrupt', /cannot be unpacked/],
])('%s is refused by name', async (name, bytes, code, message) => {
  const path = write(name, bytes)
  const error = await readIdx(path).catch((caught) => caught)
  expect(error).toMatchObject({ name: 'AppError', code, message: expect.stringMatching(message) })
  expect(error.message).toContain(path)
})

test('a missing file is not found, a folder is unreadable', async () => {
  await expect(readIdx(join(folder, 'none'))).rejects.toMatchObject({ code: 'not-found' })
  await expect(readIdx(folder)).rejects.toMatchObject({ code: 'unreadable' })
})

test('images and labels belong together', async () => {
  const images = write('images', header(8, 2, 1, 3), Uint8Array.of(1, 2, 3, 4, 5, 6))
  const labels = write('labels', header(8, 2), Uint8Array.of(7, 9))
  expect(await idxImages(images, labels)).toEqual({
    count: 2,
    rows: 1,
    columns: 3,
    channels: 1,
    pixels: Uint8Array.of(1, 2, 3, 4, 5, 6),
    labels: Uint8Array.of(7, 9),
  })
  expect((await idxImages(images)).labels).toBeNull()
  const colours = write('colours', header(8, 1, 1, 1, 3), Uint8Array.of(1, 2, 3))
  expect(await idxImages(colours)).toMatchObject({ count: 1, channels: 3, pixels: Uint8Array.of(1, 2, 3) })
  const pairs = write('pairs', header(8, 1, 1, 1, 2), Uint8Array.of(1, 2))
  await expect(idxImages(pairs)).rejects.toThrow('pairs: expected 1 or 3 channels, got 2')
  const three = write('three', header(8, 3), Uint8Array.of(7, 9, 1))
  await expect(idxImages(images, three)).rejects.toThrow(/three: expected 2 labels, as many as images, got 3/)
  await expect(idxImages(labels)).rejects.toThrow(
    /expected images \(count, rows, columns\) or \(\.\.\., 3\) as unsigned bytes, got Uint8Array of shape 2/,
  )
})
