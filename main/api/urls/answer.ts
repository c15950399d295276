import type { UrlError } from '../../../shared/contract/pixels.ts'
import { AppError, type ErrorCode, toAppError } from '../../../shared/errors.ts'

/** What a URL is answered with, over HTTP and over Electron's protocol alike. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** bytes, or a file on disk to be streamed, as long as it is then */
  readonly body: Uint8Array | { readonly path: string }
}

/** Never guessed at, never kept by others. */
export const commonHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
} as const

export function bytesAnswer(
  { type, bytes }: { type: string; bytes: Uint8Array },
  caching: 'forever' | 'never',
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const cache = caching === 'forever' ? 'private, max-age=31536000, immutable' : 'no-store'
  return {
    status: 200,
    headers: { ...commonHeaders, 'Content-Type': type, 'Cache-Control': cache, ...headers },
    body: bytes,
  }
}

export function jsonAnswer(value: unknown): Answer {
  return bytesAnswer({ type: 'application/json', bytes: Buffer.from(JSON.stringify(value)) }, 'never')
}

/** A name as a header may carry it (RFC 6266, 8187). */
export function attachment(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\]/g, '_')
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}

const statuses: Readonly<Record<ErrorCode, number>> = {
  'bad-input': 400,
  'not-found': 404,
  unreadable: 404,
  unsupported: 415,
  'too-large': 413,
  corrupt: 422,
  newer: 422,
  conflict: 409,
  setup: 503,
  engine: 503,
  aborted: 499,
  internal: 500,
}

export function errorAnswer(error: unknown): Answer {
  const { code, message, cause, stack } = toAppError(error)
  if (code === 'internal') console.error(cause instanceof Error ? cause.stack : stack)
  const body: UrlError = { error: { code, message } }
  return {
    status: statuses[code],
    headers: { ...commonHeaders, 'Content-Type': 'application/json', 'Cache-Control': 'no-store' },
    body: Buffer.from(JSON.stringify(body)),
  }
}

export function notFound(path: string): AppError {
  return new AppError('not-found', `there is nothing at ${path}`)
}
