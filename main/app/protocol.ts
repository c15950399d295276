import { readFile } from 'node:fs/promises'
import { protocol } from 'electron'
import { type Answer, commonHeaders } from '../api/urls/answer.ts'
import { contentPolicy, windowFile } from '../api/urls/window-files.ts'
import type { CoreLink } from './core-link.ts'

export const windowOrigin = 'app://hourglass'

/** Before the application is ready: pages of `app:` are a secure origin of their own, which may fetch and have workers. */
export function declareProtocol(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true }
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges }])
}

/** The window's own files from disk, everything else from the core; nothing of another host. */
export function serveProtocol(windowFolder: string, core: CoreLink): void {
  protocol.handle('app', async (request) => {
    const url = new URL(request.url)
    if (`${url.protocol}//${url.host}` !== windowOrigin) return refused(404)
    if (request.method === 'POST' && url.pathname === '/upload') return receive(core, url, request)
    if (request.method !== 'GET') return refused(404)
    const file = await windowFile(windowFolder, url.pathname, contentPolicy())
    const answer = file ?? (await core.fetch(request.url, request.signal))
    return answer ? respond(answer) : refused(503)
  })
}

/** A file without a path comes through memory: pictures from the clipboard, not archives. */
const mostBytes = 512 * 2 ** 20

async function receive(core: CoreLink, url: URL, request: Request): Promise<Response> {
  const bytes = new Uint8Array(await request.arrayBuffer())
  if (bytes.length > mostBytes) return refused(413)
  const [name, folder] = [url.searchParams.get('name') ?? '', url.searchParams.get('folder') ?? '']
  const answer = await core.upload(name, folder, bytes)
  return answer ? respond(answer) : refused(503)
}

async function respond({ status, headers, body }: Pick<Answer, 'status' | 'headers'> & { body: object }) {
  const bytes = 'path' in body ? await readFile(String(body.path)).catch(() => null) : (body as Uint8Array)
  return bytes ? new Response(bytes as Uint8Array<ArrayBuffer>, { status, headers }) : refused(404)
}

function refused(status: number): Response {
  return new Response('', { status, headers: commonHeaders })
}
