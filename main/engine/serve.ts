import { AppError, toAppError } from '../../shared/errors.ts'
import type { Reply, Request, TaskTable } from './protocol.ts'

export interface TaskContext<Progress> {
  /** fires when the host no longer wants the result; look at it at least twice a second */
  readonly signal: AbortSignal
  readonly progress: (value: Progress) => void
}

export type TaskHandlers<Tasks extends TaskTable> = {
  readonly [Name in keyof Tasks]: (
    input: Tasks[Name]['input'],
    context: TaskContext<Tasks[Name]['progress']>,
  ) => Promise<Tasks[Name]['output']> | Tasks[Name]['output']
}

/**
 * The engine process's side of the interface: answers the host's calls until the host goes away. TensorFlow
 * calls block this thread, so a long task awaits `breathe()` between steps to hear an abort.
 */
export function serveTasks<Tasks extends TaskTable>(handlers: TaskHandlers<Tasks>): void {
  const running = new Map<number, AbortController>()
  const reply = (message: Reply) => {
    if (process.connected) process.send?.(message)
  }

  async function answer(id: number, task: string, input: unknown): Promise<void> {
    const controller = new AbortController()
    running.set(id, controller)
    try {
      const handler = handlers[task]
      if (!handler) throw new AppError('internal', `the engine has no task '${task}'`)
      const progress = (value: unknown) => reply({ kind: 'progress', id, value })
      const value = await handler(input, { signal: controller.signal, progress })
      reply({ kind: 'result', id, value })
    } catch (error) {
      const { code, message } = toAppError(error)
      reply({ kind: 'error', id, code, message })
    } finally {
      running.delete(id)
    }
  }

  process.on('message', (request: Request) => {
    if (request.kind === 'abort')
      running.get(request.id)?.abort(new AppError('aborted', 'stopped on request'))
    else void answer(request.id, request.task, request.input)
  })
  // The terminal sends Ctrl-C to the whole process group; stopping is the host's decision.
  process.on('SIGINT', () => {})
  process.on('disconnect', () => process.exit(0))
}

/** Lets messages in: an abort, or the end of the host. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
