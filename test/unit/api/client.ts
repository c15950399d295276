import { createTRPCUntypedClient, createWSClient, wsLink } from '@trpc/client'
import { onTestFinished } from 'vitest'
import { connector, connectPort } from '../../../main/api/connect.ts'
import type { Application } from '../../../main/core/application.ts'

/** A client that speaks to the core over a port of texts, as the desktop's windows do. */
export function clientOf(app: Application) {
  const serve = connector(app)
  class PortSocket extends EventTarget {
    static readonly CONNECTING = 0
    static readonly OPEN = 1
    static readonly CLOSING = 2
    static readonly CLOSED = 3
    readyState = 0
    readonly #socket = connectPort(serve, {
      send: (data) => this.dispatchEvent(new MessageEvent('message', { data })),
      close: () => this.close(),
    })
    constructor() {
      super()
      setImmediate(() => {
        this.readyState = 1
        this.dispatchEvent(new Event('open'))
      })
    }
    send(text: string) {
      this.#socket.receive(text)
    }
    close() {
      if (this.readyState === 3) return
      this.readyState = 3
      this.#socket.closed()
      this.dispatchEvent(new Event('close'))
    }
  }
  const ws = createWSClient({ url: 'port:', WebSocket: PortSocket as unknown as typeof WebSocket })
  onTestFinished(() => ws.close())
  const client = createTRPCUntypedClient({ links: [wsLink({ client: ws })] })
  const all = <Value>(path: string, input: unknown) =>
    new Promise<Value[]>((resolve, reject) => {
      const values: Value[] = []
      client.subscription(path, input, {
        onData: (value) => values.push(value as Value),
        onComplete: () => resolve(values),
        onStopped: () => resolve(values),
        onError: reject,
      })
    })
  return { client, all }
}
