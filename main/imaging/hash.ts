import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { stopIfAborted } from './abort.ts'
import { fileError } from './file-errors.ts'

/** Bytes read at a time. */
const mostBytes = 2 ** 20

/**
 * SHA-256 of a file's bytes, as lower-case hex; the file goes through one buffer, no larger than itself.
 *
 * @throws AppError not-found, unreadable or aborted, naming the file.
 */
export async function hashFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  try {
    const file = await open(path)
    try {
      const { size } = await file.stat()
      const buffer = Buffer.allocUnsafe(Math.min(mostBytes, Math.max(1, size)))
      for (;;) {
        stopIfAborted(signal, `hashing ${path}`)
        const { bytesRead } = await file.read(buffer)
        if (bytesRead === 0) break
        hash.update(buffer.subarray(0, bytesRead))
      }
    } finally {
      await file.close()
    }
  } catch (error) {
    throw fileError('read', path, error)
  }
  return hash.digest('hex')
}
