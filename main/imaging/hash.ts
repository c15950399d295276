import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stopIfAborted } from './abort.ts'
import { fileError } from './file-errors.ts'

/**
 * SHA-256 of a file's bytes, as lower-case hex; the file streams through.
 *
 * @throws AppError not-found, unreadable or aborted, naming the file.
 */
export async function hashFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) {
      stopIfAborted(signal, `hashing ${path}`)
      hash.update(chunk)
    }
  } catch (error) {
    throw fileError('read', path, error)
  }
  return hash.digest('hex')
}
