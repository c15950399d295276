import type { PainterReply, PainterRequest } from './painting.ts'

export interface WorkerCanvasEvents {
  /** something is to be drawn: the time to `draw` */
  onFrame(): void
  /** the painter has begun, or has lost everything: it is to be told all again */
  onReady(): void
  /** nothing is ever drawn */
  onFailure(error: Error): void
}

/**
 * A canvas that a worker draws on, at most once a frame of the display and one frame at a time: the window's thread never
 * waits for the graphics process.
 */
export class WorkerCanvas<Setup, Frame> {
  readonly #worker: Worker
  readonly #events: WorkerCanvasEvents
  #frame = 0
  #isAsked = false
  /** whether the worker can draw now */
  #isFree = false

  /** @param worker runs `paint` */
  constructor(canvas: HTMLCanvasElement, worker: Worker, setup: Setup, events: WorkerCanvasEvents) {
    this.#worker = worker
    this.#events = events
    worker.onmessage = ({ data }: MessageEvent<PainterReply>) => this.#hear(data)
    worker.onerror = ({ message }) =>
      this.#hear({ state: 'failed', message: message || 'what draws pictures has ended' })
    const offscreen = canvas.transferControlToOffscreen()
    this.#ask({ canvas: offscreen, setup }, [offscreen])
  }

  get isFree(): boolean {
    return this.#isFree
  }

  /** At most once a frame, of whatever is current by then, once the last is drawn. */
  redraw(): void {
    this.#isAsked = true
    if (!this.#isFree || this.#frame !== 0) return
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0
      this.#isAsked = false
      this.#events.onFrame()
    })
  }

  /** @param moved what goes over to the worker without a copy */
  draw(frame: Frame, moved: Transferable[]): void {
    this.#isFree = false
    this.#ask({ frame }, moved)
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame)
    this.#worker.terminate()
  }

  #ask(request: PainterRequest<Setup, Frame>, moved: Transferable[]): void {
    this.#worker.postMessage(request, moved)
  }

  #hear(reply: PainterReply): void {
    if (reply.state === 'failed') {
      this.#events.onFailure(new Error(reply.message))
      return
    }
    if (reply.state === 'ready') {
      this.#events.onReady()
      this.#isAsked = true
    }
    this.#isFree = true
    if (this.#isAsked) this.redraw()
  }
}
