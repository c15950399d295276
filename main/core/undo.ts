import { randomUUID } from 'node:crypto'
import type { Undo } from '../../shared/contract/common.ts'
import { AppError } from '../../shared/errors.ts'

interface Step {
  readonly label: string
  readonly restore: () => Promise<void> | void
  readonly forget: () => Promise<void> | void
}

const keepMs = 10 * 60_000

/** What can be taken back, each for ten minutes. */
export class UndoSteps {
  readonly #steps = new Map<string, Step & { readonly timer: NodeJS.Timeout }>()

  /** @param forget makes it final, such as deleting files that were put aside */
  add(label: string, restore: Step['restore'], forget: Step['forget'] = () => {}): Undo {
    const undo = randomUUID()
    this.#keep(undo, { label, restore, forget })
    return { undo, label }
  }

  /** What fails can be tried again. @throws AppError not-found where it was taken back already, or is too old */
  async restore(undo: string): Promise<{ label: string }> {
    const step = this.#take(undo)
    if (!step) {
      const why = 'it was already, or ten minutes have passed'
      throw new AppError('not-found', `this cannot be taken back any more: ${why}`)
    }
    try {
      await step.restore()
    } catch (error) {
      this.#keep(undo, step)
      throw error
    }
    return { label: step.label }
  }

  async close(): Promise<void> {
    for (const undo of [...this.#steps.keys()]) await this.#end(undo)
  }

  #keep(undo: string, { label, restore, forget }: Step): void {
    const timer = setTimeout(() => void this.#end(undo), keepMs)
    timer.unref()
    this.#steps.set(undo, { label, restore, forget, timer })
  }

  #take(undo: string): Step | undefined {
    const step = this.#steps.get(undo)
    this.#steps.delete(undo)
    clearTimeout(step?.timer)
    return step
  }

  async #end(undo: string): Promise<void> {
    await this.#take(undo)?.forget()
  }
}
