import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  fixedHeadLength,
  type HeadInput,
  headLength,
  readHead,
  wholeHeadLength,
  writeHead,
} from '../../../../main/code/container/head.ts'
import { codeGrid } from '../../../../main/code/grid.ts'
import type { AppError } from '../../../../shared/errors.ts'

function input(changes: Partial<HeadInput> = {}): HeadInput {
  const { width = 1500, height = 40 } = changes
  const { rows, columns } = codeGrid(width, height)
  const tiles = Array.from({ length: rows * columns }, (_, i) => {
    return { stream: new Uint8Array(100 + i).fill(i), symbolsCrc32: 0xfffffff0 + (i % 16) }
  })
  return {
    ...{ width, height, channels: 3, depth: 8, levelQ: 3584, densityPpi: null, tiles, chunks: {} },
    ...{ modelPrefix: '00a1b2c3d4e5f6ff', ...changes },
  }
}

const blob = fc.uint8Array({ maxLength: 40 })

test('a head reads as it was written, and says where everything lies', () => {
  const chunks = fc.record(
    { alpha: blob, icc: blob, exif: blob, xmp: blob, model: blob },
    { requiredKeys: [] },
  )
  const side = fc.integer({ min: 1, max: 5000 })
  fc.assert(
    fc.property(
      side,
      side,
      chunks,
      fc.nat(7168),
      fc.boolean(),
      fc.boolean(),
      fc.option(fc.integer({ min: 1, max: 65535 })),
      (width, height, extra, levelQ, grey, deep, dots) => {
        const given = input({
          width,
          height,
          levelQ,
          chunks: extra,
          channels: grey ? 1 : 3,
          depth: deep ? 16 : 8,
          densityPpi: dots,
        })
        const bytes = writeHead(given)
        expect(wholeHeadLength(bytes.subarray(0, fixedHeadLength), 'x')).toBe(bytes.length)
        const head = readHead(bytes, 'x')
        const { channels, depth, densityPpi, modelPrefix } = given
        expect(head).toMatchObject({ width, height, levelQ, channels, depth, densityPpi, modelPrefix })
        let start = bytes.length
        for (const [i, { stream, symbolsCrc32 }] of given.tiles.entries()) {
          const { length } = stream
          expect(head.tiles[i]).toEqual({ start, length, crc32: crc32(stream), symbolsCrc32 })
          start += length
        }
        for (const name of ['alpha', 'icc', 'exif', 'xmp', 'model'] as const) {
          const chunk = extra[name]
          expect(head.chunks[name]).toEqual(chunk && { start, length: chunk.length, crc32: crc32(chunk) })
          start += chunk?.length ?? 0
        }
        expect(head.fileLength).toBe(start)
      },
    ),
    { numRuns: 100 },
  )
})

test('all that is not symbols takes 36 bytes in a one-tile photo, its dots per inch 2 more', () => {
  const size = { width: 768, height: 512 }
  expect(writeHead(input(size))).toHaveLength(36)
  expect(writeHead(input({ ...size, densityPpi: 0.3 }))).toHaveLength(36)
  expect(writeHead(input({ ...size, densityPpi: 299.97 }))).toHaveLength(38)
})

/** The code of the failure to read these bytes. */
function failure(bytes: Uint8Array): string {
  try {
    readHead(bytes, 'x')
  } catch (error) {
    return (error as AppError).code
  }
  return 'none'
}

test('any changed byte, and any end missing, is found', () => {
  const bytes = writeHead(input({ chunks: { icc: new Uint8Array(3) } }))
  for (let at = 0; at < bytes.length; at++) {
    const changed = Uint8Array.from(bytes)
    changed[at]! ^= 1 << (at % 8)
    const expected = at < 4 ? ['unsupported'] : at === 4 ? ['newer', 'corrupt'] : ['corrupt']
    expect(expected).toContain(failure(changed))
    expect(failure(bytes.subarray(0, at))).toBe(at < 4 ? 'unsupported' : 'corrupt')
  }
})

test('a newer version is told apart, and no size makes a long head', () => {
  const bytes = Buffer.from(writeHead(input()))
  bytes[4] = 2
  expect(failure(bytes)).toBe('newer')
  bytes[4] = 1
  bytes.writeUInt16LE(0xffff, 6)
  expect(failure(bytes)).toBe('corrupt')
  bytes.writeUInt16LE(30_000, 6)
  bytes.writeUInt16LE(30_000, 8)
  expect(wholeHeadLength(bytes, 'x')).toBe(headLength(900, 0, false))
  expect(headLength(900, 5, true)).toBeLessThan(12_000)
})
