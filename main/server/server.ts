import { open } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type WebSocket, WebSocketServer } from 'ws'
import { AppError } from '../../shared/errors.ts'
import { connector, mostMessageBytes } from '../api/connect.ts'
import { type Answer, commonHeaders, errorAnswer, jsonAnswer, notFound } from '../api/urls/answer.ts'
import { answerPixels } from '../api/urls/pixels.ts'
import { contentPolicy, windowFile } from '../api/urls/window-files.ts'
import type { Application } from '../core/application.ts'
import { receiveFile } from '../core/library/receive-file.ts'
import { receiveModel } from '../core/library/receive-model.ts'
import { fileError } from '../imaging/file-errors.ts'
import { windowFolder } from '../platform/folders.ts'
import { Guard } from './guard.ts'

export interface ServerSettings {
  readonly host: string
  /** 0: any that is free */
  readonly port: number
  /** names that browsers may call this machine by, beside its own and its addresses */
  readonly names?: readonly string[]
}

export interface RunningServer {
  readonly port: number
  /** with the token that is good now */
  address(): string
  /** a browser was let in: the token in the last address is used up */
  onEntry(listener: () => void): void
  close(): Promise<void>
}

const mostSockets = 64

/** Serves the window, the contract and the pixels to browsers. @throws AppError setup where the port cannot be had */
export async function startServer(app: Application, settings: ServerSettings): Promise<RunningServer> {
  const server = createServer({ requestTimeout: 0, headersTimeout: 20_000, maxHeaderSize: 16 * 1024 })
  const port = await listen(server, settings)
  const guard = new Guard(port, settings.names)
  const sockets = new WebSocketServer({
    ...{ noServer: true, maxPayload: mostMessageBytes, perMessageDeflate: false, clientTracking: true },
  })
  sockets.on('connection', connector(app))
  const listeners: (() => void)[] = []
  server.on('request', (request, response) => {
    void respond(app, guard, request, () => {
      for (const listener of listeners) listener()
    })
      .catch(errorAnswer)
      .then((answer) => send(response, answer, request.method === 'HEAD'))
      .catch(() => response.destroy())
  })
  server.on('upgrade', (request, socket: Duplex, head) => {
    socket.on('error', () => socket.destroy()) // whoever asked has gone
    const isOurs = guard.isOwnHost(request) && guard.isOwnOrigin(request, true) && guard.isKnown(request)
    const isPlace = urlOf(request).pathname === '/trpc'
    if (!isOurs || !isPlace || sockets.clients.size >= mostSockets) {
      socket.end(`HTTP/1.1 ${isOurs ? '404 Not Found' : '403 Forbidden'}\r\nConnection: close\r\n\r\n`)
      return
    }
    sockets.handleUpgrade(request, socket, head, (client: WebSocket) => {
      client.on('error', () => client.terminate()) // too large, or no WebSocket frames
      sockets.emit('connection', client, request)
    })
  })
  const name = settings.host.includes(':') ? `[${settings.host}]` : settings.host
  return {
    port,
    address: () => `http://${isEverywhere(settings.host) ? 'localhost' : name}:${port}/?token=${guard.token}`,
    onEntry: (listener) => listeners.push(listener),
    async close() {
      for (const client of sockets.clients) client.terminate()
      sockets.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function isEverywhere(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}

function listen(server: Server, { host, port }: ServerSettings): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(new AppError('setup', `port ${port} of ${host} cannot be had: ${cause.message}`, { cause }))
    })
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port))
  })
}

async function respond(
  app: Application,
  guard: Guard,
  request: IncomingMessage,
  onEntry: () => void,
): Promise<Answer> {
  const { method = 'GET' } = request
  const url = urlOf(request)
  if (!guard.isOwnHost(request)) return refusal(`this machine is not called ${request.headers.host}`)
  const isReading = method === 'GET' || method === 'HEAD'
  const token = url.searchParams.get('token')
  // A link to the printed address may be followed from anywhere: the token is what counts.
  if (isReading && url.pathname === '/' && token !== null) {
    const cookie = guard.redeem(token)
    if (!cookie) return guard.isKnown(request) ? entry() : refusal('the token is wrong or was used before')
    onEntry()
    return entry(cookie)
  }
  if (!guard.isOwnOrigin(request, !isReading)) return refusal('the request comes from another page')
  if (!guard.isKnown(request)) return refusal('this browser has not been let in')
  if (isReading) {
    const stopped = new AbortController()
    request.once('close', () => stopped.abort())
    const policy = contentPolicy([`ws://${request.headers.host}`, `wss://${request.headers.host}`])
    const found =
      (await answerPixels(app, url, stopped.signal)) ?? (await windowFile(windowFolder, url.pathname, policy))
    if (found) return found
  } else if (method === 'POST' && url.pathname === '/upload') {
    const [name, folder] = [url.searchParams.get('name') ?? '', url.searchParams.get('folder') ?? '']
    const bytes = Number(request.headers['content-length'] ?? 0)
    return jsonAnswer(await receiveFile(app, request, { name, folder, bytes }))
  } else if (method === 'POST' && url.pathname === '/upload/model') {
    const cardBytes = checkedCardBytes(url.searchParams.get('card'))
    const bytes = Number(request.headers['content-length'] ?? 0)
    return jsonAnswer(await receiveModel(app, request, { cardBytes, bytes }))
  }
  throw notFound(url.pathname)
}

function checkedCardBytes(text: string | null): number | null {
  if (text === null || /^[1-9]\d{0,9}$/.test(text)) return text === null ? null : Number(text)
  throw new AppError('bad-input', `card: expected the number of its bytes, got '${text.slice(0, 40)}'`)
}

function urlOf({ url }: IncomingMessage): URL {
  try {
    return new URL(url ?? '/', 'http://host')
  } catch {
    return new URL('http://host/malformed')
  }
}

/**
 * A page that goes on to the window, in place of the address with the token. A redirection would still be the other
 * site's request where its link was followed, and come without the cookie.
 */
function entry(cookie?: string): Answer {
  const page = `<!doctype html><meta http-equiv="refresh" content="0;url=/"><title>Hourglass</title><a href="/">Hourglass</a>`
  const { headers, ...answer } = bare(200, 'text/html', page)
  return { ...answer, headers: cookie ? { ...headers, 'Set-Cookie': cookie } : headers }
}

function refusal(why: string): Answer {
  const words = `Hourglass: ${why}. Open the address that Hourglass printed in the terminal; it is good for one browser.`
  return bare(403, 'text/plain', words)
}

/** What needs nothing beside itself. */
function bare(status: number, type: string, text: string): Answer {
  return {
    status,
    headers: {
      ...commonHeaders,
      'Content-Type': `${type}; charset=utf-8`,
      'Content-Security-Policy': "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
      'Cache-Control': 'no-store',
    },
    body: Buffer.from(text),
  }
}

async function send(
  response: ServerResponse,
  { status, headers, body }: Answer,
  isHead: boolean,
): Promise<void> {
  if (!('path' in body)) {
    response.writeHead(status, { ...headers, 'Content-Length': body.length })
    response.end(isHead ? undefined : body)
    return
  }
  const file = await open(body.path).catch((error) => fileError('read', body.path, error))
  if (file instanceof AppError) return send(response, errorAnswer(file), isHead)
  try {
    const { size: bytes } = await file.stat()
    response.writeHead(status, { ...headers, 'Content-Length': bytes })
    if (bytes > 0 && !isHead) {
      const stream = file.createReadStream({ end: bytes - 1, autoClose: false })
      await pipeline(stream, response, { end: false })
      if (stream.bytesRead < bytes) throw new AppError('unreadable', `${body.path} became shorter meanwhile`)
    }
    response.end()
  } finally {
    await file.close()
  }
}
