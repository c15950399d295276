import { readSync } from 'node:fs'
import { open } from 'node:fs/promises'
import type { ByteReader } from './exif/ifd.ts'

/** More than any directory or metadata takes: what asks for more is damaged. */
const maxBytesAtOnce = 2 ** 24

/** `work` with random access to a file's bytes: fewer than asked for at its end, and never more than 16 MiB. */
export async function withFileBytes<Result>(
  path: string,
  work: (read: ByteReader) => Result | Promise<Result>,
): Promise<Result> {
  const file = await open(path, 'r')
  try {
    return await work((offset, length) => {
      const bytes = Buffer.alloc(Math.min(length, maxBytesAtOnce))
      return bytes.subarray(0, readSync(file.fd, bytes, 0, bytes.length, offset))
    })
  } finally {
    await file.close()
  }
}
