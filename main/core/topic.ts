/** Values for whoever listens, as they come. */
export class Topic<Value> {
  readonly #listeners = new Set<(value: Value) => void>()

  publish(value: Value): void {
    for (const listener of [...this.#listeners]) listener(value)
  }

  /** @returns how to stop listening */
  on(listener: (value: Value) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Until the signal fires; none that comes while the last one is dealt with is lost. */
  async *values(signal: AbortSignal): AsyncGenerator<Value> {
    const inbox = new Inbox<Value>()
    const stop = this.on((value) => inbox.put(value))
    try {
      yield* inbox.until(signal)
    } finally {
      stop()
    }
  }

  /** Like `values`, but of those that come within `pauseMs` of each other only the last: for states, not for steps. */
  async *latest(signal: AbortSignal, pauseMs: number): AsyncGenerator<Value> {
    let value: { readonly is: Value } | null = null
    let wake = () => {}
    const stop = this.on((is) => {
      value = { is }
      wake()
    })
    const woken = () =>
      new Promise<void>((resolve) => {
        wake = resolve
        if (value || signal.aborted) resolve()
      })
    const onAbort = () => wake()
    signal.addEventListener('abort', onAbort)
    try {
      for (;;) {
        await woken()
        if (signal.aborted) return
        const { is } = value!
        value = null
        yield is
        await new Promise((resolve) => setTimeout(resolve, pauseMs))
      }
    } finally {
      stop()
      signal.removeEventListener('abort', onAbort)
    }
  }
}

/** What was put in, in order, for one reader that may be slower. */
export class Inbox<Value> {
  readonly #waiting: Value[] = []
  #wake = () => {}
  #isClosed = false
  #failure: { readonly error: unknown } | null = null

  put(value: Value): void {
    this.#waiting.push(value)
    this.#wake()
  }

  /** Ends the reading once all that was put in has been read. */
  close(failure: { readonly error: unknown } | null = null): void {
    this.#isClosed = true
    this.#failure = failure
    this.#wake()
  }

  /** @throws what it was closed with */
  async *until(signal: AbortSignal): AsyncGenerator<Value> {
    const wake = () => this.#wake()
    signal.addEventListener('abort', wake)
    try {
      for (;;) {
        if (signal.aborted) return
        if (this.#waiting.length > 0) yield this.#waiting.shift()!
        else if (this.#failure) throw this.#failure.error
        else if (this.#isClosed) return
        else
          await new Promise<void>((resolve) => {
            this.#wake = resolve
          })
      }
    } finally {
      signal.removeEventListener('abort', wake)
    }
  }
}
