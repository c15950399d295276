/** So many at a time; of those that wait, the one asked for last goes first: it is what is on the screen now. */
export class Limiter {
  readonly #limit: number
  readonly #waiting: { readonly start: () => void; readonly signal: AbortSignal | undefined }[] = []
  #running = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** What is no longer wanted when its turn comes is not begun. @throws the signal's reason */
  async run<Result>(work: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    if (this.#running >= this.#limit) {
      await new Promise<void>((resolve) => this.#waiting.push({ start: resolve, signal }))
    } else {
      this.#running++
    }
    try {
      signal?.throwIfAborted()
      return await work()
    } finally {
      const next = this.#waiting.pop()
      if (next) next.start()
      else this.#running--
    }
  }
}
