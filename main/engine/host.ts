import { type ChildProcess, fork } from 'node:child_process'
import { availableParallelism, setPriority } from 'node:os'
import { AppError } from '../../shared/errors.ts'
import type { Reply, Request, TaskTable } from './protocol.ts'

/** A task that does not stop by itself this long after an abort loses its process. */
const abortGraceMs = 600

// Written by TensorFlow's start-up code before its log level counts; of no use to anybody. 303: the machine has no
// driver, which `doctor` says in words.
const noise =
  /^(WARNING: All log messages|[IW]0000 |\d{4}-\d\d-\d\d .*: [IW] |E0000 .*failed call to cuInit.*\(303\))/

interface PendingCall {
  readonly task: string
  readonly resolve: (value: never) => void
  readonly reject: (error: AppError) => void
  readonly onProgress: ((value: never) => void) | undefined
}

export interface CallOptions<Progress> {
  signal?: AbortSignal | undefined
  onProgress?: ((value: Progress) => void) | undefined
}

export interface EngineSettings {
  /** threads of TensorFlow's kernels; default: all processors */
  threads?: number | undefined
  device?: 'auto' | 'cpu' | 'cuda' | undefined
  /** niceness of the process, 0 to 19: training gives way to the window */
  niceness?: number | undefined
}

/**
 * A process that holds TensorFlow, behind a typed interface. It starts at the first call; when it dies, the
 * calls under way fail with an `engine` error that says how, and the next call starts a new one.
 */
export class Engine<Tasks extends TaskTable> {
  readonly #entry: string
  readonly #settings: EngineSettings
  readonly #pending = new Map<number, PendingCall>()
  #child: ChildProcess | null = null
  #lastWords = ''
  #nextId = 1

  /** @param entry path of the module that calls `serveTasks` */
  constructor(entry: string, settings: EngineSettings = {}) {
    this.#entry = entry
    this.#settings = settings
  }

  /** The process id while a process runs, else undefined. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  /**
   * Runs a task.
   * @throws AppError whatever the task throws; `engine` when its process dies; `aborted` within a second of an abort
   */
  call<Name extends keyof Tasks & string>(
    task: Name,
    input: Tasks[Name]['input'],
    { signal, onProgress }: CallOptions<Tasks[Name]['progress']> = {},
  ): Promise<Tasks[Name]['output']> {
    if (signal?.aborted) return Promise.reject(new AppError('aborted', 'stopped on request'))
    const child = this.#start()
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      let grace: NodeJS.Timeout | undefined
      const onAbort = () => {
        this.#send({ kind: 'abort', id })
        grace = setTimeout(() => child.kill('SIGKILL'), abortGraceMs)
      }
      const settled = () => {
        clearTimeout(grace)
        signal?.removeEventListener('abort', onAbort)
        this.#pending.delete(id)
        if (this.#pending.size === 0) child.unref()
      }
      this.#pending.set(id, {
        task,
        onProgress,
        resolve: (value) => {
          settled()
          resolve(value)
        },
        reject: (error) => {
          settled()
          reject(signal?.aborted ? new AppError('aborted', 'stopped on request', { cause: error }) : error)
        },
      })
      signal?.addEventListener('abort', onAbort, { once: true })
      child.ref()
      this.#send({ kind: 'call', id, task, input })
    })
  }

  /** Ends the process; calls under way fail. */
  async close(): Promise<void> {
    const child = this.#child
    if (!child) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.disconnect()
    const timer = setTimeout(() => child.kill('SIGKILL'), abortGraceMs)
    await ended
    clearTimeout(timer)
  }

  #start(): ChildProcess {
    if (this.#child) return this.#child
    const { threads, device, niceness } = this.#settings
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      TF_CPP_MIN_LOG_LEVEL: process.env.TF_CPP_MIN_LOG_LEVEL ?? '2',
    }
    // Always said, so that a checkpoint records what really computed; TensorFlow's own count ignores CPU quotas.
    env.TF_NUM_INTRAOP_THREADS = String(
      threads ?? (Number(env.TF_NUM_INTRAOP_THREADS) || availableParallelism()),
    )
    // An empty list hides every GPU from the CUDA build, which then runs on the CPU.
    if (device === 'cpu') env.CUDA_VISIBLE_DEVICES = ''
    const child = fork(this.#entry, {
      env,
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.#child = child
    this.#lastWords = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => this.#hear(text))
      ;(stream as { unref?: () => void } | null)?.unref?.()
    }
    if (niceness && child.pid) setPriority(child.pid, niceness)
    child.on('message', (reply: Reply) => this.#receive(reply))
    child.on('error', (error) => this.#fail(child, `could not be started (${error.message})`))
    child.on('exit', (exitCode, signal) =>
      this.#fail(child, signal ? `died (${signal})` : `ended (exit code ${exitCode})`),
    )
    child.channel?.unref()
    return child
  }

  #send(request: Request): void {
    this.#child?.send(request, (error) => {
      if (error && this.#child) this.#fail(this.#child, `does not answer (${error.message})`)
    })
  }

  #hear(text: string): void {
    const lines = text.split('\n').filter((line) => line.trim() && !noise.test(line))
    if (lines.length === 0) return
    this.#lastWords = `${this.#lastWords}${lines.join('\n')}\n`.slice(-2000)
    process.stderr.write(`${lines.join('\n')}\n`)
  }

  #receive(reply: Reply): void {
    const call = this.#pending.get(reply.id)
    if (!call) return
    if (reply.kind === 'progress') call.onProgress?.(reply.value as never)
    else if (reply.kind === 'result') call.resolve(reply.value as never)
    else call.reject(new AppError(reply.code, reply.message))
  }

  #fail(child: ChildProcess, how: string): void {
    if (this.#child !== child) return
    this.#child = null
    const last = this.#lastWords.trim().split('\n').at(-1)
    for (const { task, reject } of [...this.#pending.values()]) {
      reject(
        new AppError(
          'engine',
          `The engine process ${how} during '${task}'${last ? `; its last words: ${last}` : ''}. Start the job again: ` +
            'a new engine process will run it.',
        ),
      )
    }
  }
}
