import type { Bridge } from '../../shared/contract/bridge.ts'

/** A WebSocket to tRPC's client, a MessagePort to the core of the desktop application: one text a message. */
export class PortSocket extends EventTarget {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static readonly CLOSING = 2
  static readonly CLOSED = 3
  readyState: number = PortSocket.CONNECTING
  binaryType = 'arraybuffer'
  #port: MessagePort | undefined
  #listening = new AbortController()

  constructor() {
    super()
    const bridge = window.hourglass as Bridge
    const onMessage = (event: MessageEvent) => {
      if (event.source === window && event.data === 'hourglass:port' && event.ports[0])
        this.#take(event.ports[0])
    }
    window.addEventListener('message', onMessage, { signal: this.#listening.signal })
    bridge.connect()
  }

  send(text: string): void {
    this.#port?.postMessage(text)
  }

  close(): void {
    if (this.readyState === PortSocket.CLOSED) return
    this.readyState = PortSocket.CLOSED
    this.#listening.abort()
    this.#port?.close()
    this.dispatchEvent(new Event('close'))
  }

  #take(port: MessagePort): void {
    // A second port means that the core was started anew: what was asked of the old one has to be asked again.
    if (this.#port) {
      this.close()
      return
    }
    this.#port = port
    port.onmessage = ({ data }) => this.dispatchEvent(new MessageEvent('message', { data }))
    port.addEventListener('close', () => this.close())
    this.readyState = PortSocket.OPEN
    this.dispatchEvent(new Event('open'))
  }
}
