import { type MessagePortMain, type UtilityProcess, utilityProcess } from 'electron'
import type { FromCore, ToCore } from './core-messages.ts'

export interface CoreEvents {
  onHost(what: 'reveal' | 'trash', path: string): Promise<void>
  onJobs(active: number): void
  onNotify(title: string, body: string): void
  /** it ended by itself and was started again: windows need new ports */
  onRestart(): void
  /** it cannot start */
  onFailed(message: string): void
}

export interface CoreAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | { readonly path: string }
}

/** A core that dies again so soon is not started once more. */
const restartMs = 5000

/** The shell's side of the core's process: starts it, and starts it again when it dies. */
export class CoreLink {
  readonly #entry: string
  readonly #events: CoreEvents
  readonly #waiting = new Map<number, (message: FromCore | null) => void>()
  #child: UtilityProcess
  #startedAtMs = 0
  #nextId = 1
  #isClosing = false
  #isReady = false
  #early: { message: ToCore; ports: MessagePortMain[] }[] = []

  constructor(entry: string, events: CoreEvents) {
    this.#entry = entry
    this.#events = events
    this.#child = this.#start()
  }

  connect(port: MessagePortMain): void {
    this.#send({ kind: 'connect' }, [port])
  }

  /** Null where the core died over it. */
  async fetch(url: string, signal: AbortSignal): Promise<CoreAnswer | null> {
    const id = this.#nextId++
    const drop = () => this.#send({ kind: 'drop', id })
    signal.addEventListener('abort', drop, { once: true })
    const answer = await this.#ask(id, { kind: 'fetch', id, url })
    signal.removeEventListener('abort', drop)
    return answer?.kind === 'answer' ? answer : null
  }

  /** Null where the core died over it. */
  async upload(name: string, folder: string, bytes: Uint8Array): Promise<CoreAnswer | null> {
    const id = this.#nextId++
    const answer = await this.#ask(id, { kind: 'upload', id, name, folder, bytes })
    return answer?.kind === 'answer' ? answer : null
  }

  async paths(images: readonly number[]): Promise<readonly string[]> {
    const id = this.#nextId++
    const answer = await this.#ask(id, { kind: 'paths', id, images })
    return answer?.kind === 'paths' ? answer.paths : []
  }

  /** Lets it store what it has, and ends it. */
  async close(): Promise<void> {
    this.#isClosing = true
    const child = this.#child
    const ended = new Promise((resolve) => child.once('exit', resolve))
    this.#send({ kind: 'close' })
    const timer = setTimeout(() => child.kill(), 3000)
    await ended
    clearTimeout(timer)
  }

  #start(): UtilityProcess {
    this.#startedAtMs = Date.now()
    this.#isReady = false
    const child = utilityProcess.fork(this.#entry, [], { serviceName: 'Hourglass core', stdio: 'inherit' })
    child.on('message', (message: FromCore) => this.#receive(message))
    child.on('exit', () => this.#onExit())
    return child
  }

  #onExit(): void {
    for (const answer of this.#waiting.values()) answer(null)
    this.#waiting.clear()
    if (this.#isClosing) return
    if (Date.now() - this.#startedAtMs < restartMs) {
      this.#events.onFailed(
        'Its core process ended soon after it was started; what it said last is in the terminal.',
      )
      return
    }
    this.#child = this.#start()
    this.#events.onRestart()
  }

  #ask(id: number, message: ToCore): Promise<FromCore | null> {
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
      this.#send(message)
    })
  }

  #send(message: ToCore, ports: MessagePortMain[] = []): void {
    if (this.#isReady || message.kind === 'close') this.#child.postMessage(message, ports)
    else this.#early.push({ message, ports })
  }

  #receive(message: FromCore): void {
    const { onHost, onJobs, onNotify, onFailed } = this.#events
    if (message.kind === 'ready') {
      this.#isReady = true
      for (const { message: early, ports } of this.#early.splice(0)) this.#child.postMessage(early, ports)
    } else if (message.kind === 'answer' || message.kind === 'paths') {
      this.#waiting.get(message.id)?.(message)
      this.#waiting.delete(message.id)
    } else if (message.kind === 'host') {
      const { id, what, path } = message
      onHost(what, path).then(
        () => this.#send({ kind: 'done', id, error: null }),
        (error: unknown) => this.#send({ kind: 'done', id, error: String((error as Error).message) }),
      )
    } else if (message.kind === 'jobs') onJobs(message.active)
    else if (message.kind === 'notify') onNotify(message.title, message.body)
    else {
      this.#isClosing = true
      onFailed(message.message)
    }
  }
}
