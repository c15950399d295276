import type { Listener } from '../../../shared/contract/index.ts'
import { isAborted } from '../../state/failure.ts'

/** Something that takes a while. */
export interface Work {
  readonly what: string
  /** what of it is done now; '' where it is all one */
  readonly step: string
  readonly fraction: number
  readonly stop: () => void
}

type WorkEvent = { kind: 'progress'; fraction: number; step?: string } | { kind: 'done' }

/** What is computed for the view, each kind of work once at a time, side by side. */
export class Works {
  #running = $state.raw<readonly Work[]>([])

  get running(): readonly Work[] {
    return this.#running
  }

  isRunning(what: string): boolean {
    return this.#running.some((work) => work.what === what)
  }

  /**
   * Follows a subscription to its end; the same kind of work under way is stopped first.
   * @returns what it gives at the end, or null where it was stopped
   */
  run<In, Event extends { kind: string }>(
    what: string,
    subscribe: (input: In, listener: Listener<Event>) => () => void,
    input: In,
  ): Promise<Extract<Event, { kind: 'done' }> | null> {
    this.stop(what)
    return new Promise((resolve, reject) => {
      const set = (change: Partial<Work>) => {
        this.#running = this.#running.map((work) => (work.stop === stop ? { ...work, ...change } : work))
      }
      const end = () => {
        this.#running = this.#running.filter((work) => work.stop !== stop)
      }
      let unsubscribe = () => {}
      const stop = () => {
        unsubscribe()
        end()
        resolve(null)
      }
      this.#running = [...this.#running, { what, step: '', fraction: 0, stop }]
      unsubscribe = subscribe(input, {
        onData: (event) => {
          const news = event as unknown as WorkEvent
          if (news.kind === 'progress') return set({ fraction: news.fraction, step: news.step ?? '' })
          end()
          resolve(event as Extract<Event, { kind: 'done' }>)
        },
        onError: (error) => {
          end()
          if (isAborted(error)) resolve(null)
          else reject(error)
        },
      })
    })
  }

  stop(what: string): void {
    for (const work of this.#running) if (work.what === what) work.stop()
  }

  stopAll(): void {
    for (const work of this.#running) work.stop()
  }
}
