import { randomUUID } from 'node:crypto'
import type { Undo } from '../../shared/contract/common.ts'
import { AppError } from '../../shared/errors.ts'

interface Step {
  readonly label: string
  readonly restore: () => Promise<void> | void
  readonly forget: () => Promise<void> | void
  readonly timer: NodeJS.Timeout
}

const keepMs = 10 * 60_000

/** What can be taken back, each for ten minutes. */
export class UndoSteps {
  readonly #steps = new Map<string, Step>()

  /** @param forget makes it final, such as deleting files that were put aside */
  add(label: string, restore: Step['restore'], forget: Step['forget'] = () => {}): Undo {
    const undo = randomUUID()
    const timer = setTimeout(() => void this.#end(undo), keepMs)
    timer.unref()
    this.#steps.set(undo, { label, restore, forget, timer })
    return { undo, label }
  }

  /** @throws AppError not-found where it was taken back already, or is too old */
  async restore(undo: string): Promise<{ label: string }> {
    const step = this.#steps.get(undo)
    if (!step) throw new AppError('not-found', 'this cannot be taken back any more: ten minutes have passed')
    this.#steps.delete(undo)
    clearTimeout(step.timer)
    await step.restore()
    return { label: step.label }
  }

  async close(): Promise<void> {
    for (const undo of [...this.#steps.keys()]) await this.#end(undo)
  }

  async #end(undo: string): Promise<void> {
    const step = this.#steps.get(undo)
    this.#steps.delete(undo)
    clearTimeout(step?.timer)
    await step?.forget()
  }
}
