import type { Reply, Request, Tasks } from './compute.worker.ts'

interface Waiting {
  resolve(output: unknown): void
  reject(error: Error): void
}

/** A worker that answers tasks one after the other. */
class Computer {
  #worker: Worker | undefined
  readonly #waiting = new Map<number, Waiting>()
  #last = 0

  run<Name extends keyof Tasks>(task: Name, input: Tasks[Name]['input']): Promise<Tasks[Name]['output']> {
    this.#worker ??= this.#start()
    const id = ++this.#last
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (output: unknown) => void, reject })
      this.#worker?.postMessage({ id, task, input } satisfies Request)
    })
  }

  #start(): Worker {
    const worker = new Worker(new URL('./compute.worker.ts', import.meta.url), { type: 'module' })
    worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      const waiting = this.#waiting.get(data.id)
      this.#waiting.delete(data.id)
      if ('message' in data) waiting?.reject(new Error(data.message))
      else waiting?.resolve(data.output)
    }
    worker.onerror = (event) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(event.message || 'the worker failed'))
      this.#waiting.clear()
      this.#worker?.terminate()
      this.#worker = undefined
    }
    return worker
  }
}

export const computer = new Computer()
