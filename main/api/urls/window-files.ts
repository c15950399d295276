import { stat } from 'node:fs/promises'
import { extname, join, resolve, sep } from 'node:path'
import { type Answer, commonHeaders } from './answer.ts'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
}

/**
 * Only what is served here, nothing inline that runs. Styles may be inline: the notices and panels of the window set
 * theirs so.
 * @param origins beside its own, such as the same host by WebSocket
 */
export function contentPolicy(origins: readonly string[] = []): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' blob: data:",
    "font-src 'self'",
    ["connect-src 'self'", 'blob:', ...origins].join(' '),
    "worker-src 'self' blob:",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** A file of the window; null where there is none. Names with a hash in `assets` never change. */
export async function windowFile(folder: string, pathname: string, policy: string): Promise<Answer | null> {
  const decoded = decodedPath(pathname)
  if (decoded === null) return null
  const path = resolve(folder, `.${decoded === '/' ? '/index.html' : decoded}`)
  const type = types[extname(path).toLowerCase()]
  if (!path.startsWith(folder + sep) || !type) return null
  const facts = await stat(path).catch(() => null)
  if (!facts?.isFile()) return null
  const isKept = path.startsWith(join(folder, 'assets') + sep)
  return {
    status: 200,
    headers: {
      ...commonHeaders,
      'Content-Type': type,
      'Content-Security-Policy': policy,
      'X-Frame-Options': 'DENY',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=()',
      'Cache-Control': isKept ? 'private, max-age=31536000, immutable' : 'no-cache',
    },
    body: { path },
  }
}

function decodedPath(pathname: string): string | null {
  try {
    const decoded = decodeURIComponent(pathname)
    return decoded.includes('\0') || decoded.includes('\\') ? null : decoded
  } catch {
    return null
  }
}
