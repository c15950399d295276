import { EventEmitter } from 'node:events'
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { getWSConnectionHandler } from '@trpc/server/adapters/ws'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Application } from '../core/application.ts'
import { router } from './router.ts'

/** The most bytes of one message: a selection of 200,000 ids fits. */
export const mostMessageBytes = 4 * 2 ** 20

/** Calls in one message. */
const mostBatch = 50

/** Serves the contract on WebSockets, and on whatever can pass texts both ways: see `TextPort`. */
export function connector(app: Application): (client: WebSocket, request: IncomingMessage) => void {
  return getWSConnectionHandler({
    // only asked for by applyWSSHandler's own loop
    wss: new WebSocketServer({ noServer: true }),
    router,
    createContext: () => app,
    maxBatchSize: mostBatch,
    keepAlive: { enabled: true },
  })
}

/** A port of texts, such as a MessagePort. */
export interface TextPort {
  send(text: string): void
  close(): void
}

/**
 * A text port as tRPC's handler for WebSockets sees one, so that the desktop speaks the very protocol of the browser.
 * The owner of the port calls `receive` and `closed`.
 */
export class PortSocket extends EventEmitter {
  readyState = 1
  readonly #port: TextPort

  constructor(port: TextPort) {
    super()
    this.#port = port
  }

  send(text: string): void {
    if (this.readyState === 1) this.#port.send(text)
  }

  close(): void {
    if (this.readyState !== 1) return
    this.#port.close()
    this.closed()
  }

  terminate(): void {
    this.close()
  }

  /** What does not fit, or is no text, ends the connection, as a WebSocket server's limit does. */
  receive(message: unknown): void {
    if (typeof message !== 'string' || message.length > mostMessageBytes) this.close()
    else this.emit('message', Buffer.from(message), false)
  }

  closed(): void {
    if (this.readyState === 3) return
    this.readyState = 3
    this.emit('close')
  }
}

/** Serves the contract on a text port. */
export function connectPort(serve: ReturnType<typeof connector>, port: TextPort): PortSocket {
  const socket = new PortSocket(port)
  const request = new IncomingMessage(new Socket())
  request.url = '/'
  serve(socket as unknown as WebSocket, request)
  return socket
}
