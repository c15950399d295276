import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { AppError } from '../../../shared/errors.ts'
import { stopIfAborted } from '../abort.ts'
import { DecoderFailure } from './failure.ts'
import type { DecoderTask, DecoderTasks } from './tasks.ts'
import type { Answer, Question } from './thread.ts'

/** Each takes up to 2 GB while it decodes. */
const threadsAtOnce = Math.max(1, Math.min(4, availableParallelism()))
/** A thread without work ends after this. */
const idleMs = 10_000
/** Memory of WebAssembly only grows: a thread that has made a picture ends with it. */
const light: ReadonlySet<DecoderTask> = new Set<DecoderTask>(['rawFacts', 'rawPreview', 'heifPreview'])

interface Idle {
  readonly worker: Worker
  readonly timer: NodeJS.Timeout
}

const idle: Idle[] = []
const waiting: (() => void)[] = []
let running = 0

export interface DecodeOptions {
  readonly signal?: AbortSignal | undefined
  /** damaged files have led decoders round in circles */
  readonly limitMs: number
}

/**
 * Does a task in a thread of its own, so that nothing waits for it, and so that it can be stopped and whatever memory
 * it took is given back.
 *
 * @throws DecoderFailure what is wrong with the file; AppError `aborted`, within milliseconds
 */
export async function decode<Task extends DecoderTask>(
  task: Task,
  input: DecoderTasks[Task]['input'],
  { signal, limitMs }: DecodeOptions,
): Promise<DecoderTasks[Task]['output']> {
  const doing = `reading ${input.path}`
  stopIfAborted(signal, doing)
  if (running >= threadsAtOnce) await turn(signal, doing)
  else running++
  const worker = takeWorker()
  let isSound = false
  try {
    const answer = await ask(worker, { task, input }, doing, { signal, limitMs })
    if ('failure' in answer) throw new DecoderFailure(answer.failure, answer.words)
    isSound = light.has(task)
    return answer.output as DecoderTasks[Task]['output']
  } finally {
    if (isSound) keepWorker(worker)
    else void worker.terminate()
    const next = waiting.shift()
    if (next) next()
    else running--
  }
}

/** Waits for another task's place. */
function turn(signal: AbortSignal | undefined, doing: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const go = () => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }
    const stop = () => {
      waiting.splice(waiting.indexOf(go), 1)
      reject(new AppError('aborted', `stopped while ${doing}`, { cause: signal?.reason }))
    }
    waiting.push(go)
    signal?.addEventListener('abort', stop, { once: true })
  })
}

function takeWorker(): Worker {
  const kept = idle.pop()
  // what goes wrong after an answer must not end the process
  if (!kept) return new Worker(new URL('./thread.ts', import.meta.url)).on('error', () => {})
  clearTimeout(kept.timer)
  kept.worker.ref()
  return kept.worker
}

function keepWorker(worker: Worker): void {
  worker.unref()
  const timer = setTimeout(() => {
    const at = idle.findIndex((one) => one.worker === worker)
    if (at >= 0) idle.splice(at, 1)
    void worker.terminate()
  }, idleMs)
  timer.unref()
  idle.push({ worker, timer })
}

function ask(
  worker: Worker,
  question: Question,
  doing: string,
  { signal, limitMs }: DecodeOptions,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const stop = () => reject(new AppError('aborted', `stopped while ${doing}`, { cause: signal?.reason }))
  const fail = (words: string) => reject(new DecoderFailure('damaged', words))
  const onError = (error: Error) => fail(`the decoder failed: ${error.message}`)
  const onExit = () => fail('the decoder ended')
  const timer = setTimeout(() => fail(`the decoder found no end in ${limitMs / 1000} s`), limitMs)
  worker.once('message', resolve).once('error', onError).once('exit', onExit)
  signal?.addEventListener('abort', stop, { once: true })
  worker.postMessage(question)
  return promise.finally(() => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
    worker.off('message', resolve).off('error', onError).off('exit', onExit)
  })
}
