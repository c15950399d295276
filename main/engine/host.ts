import { type ChildProcess, fork } from 'node:child_process'
import { availableParallelism, setPriority } from 'node:os'
import { AppError } from '../../shared/errors.ts'
import type { Reply, Request, TaskTable } from './protocol.ts'

/** A call ends so long after an abort, whether its task has heard of it or not. */
const abortGraceMs = 600
/** A task that is still at it by then loses its process; what else was under way there begins again in the next one. */
const stuckMs = 2500

// Written by TensorFlow's start-up code before its log level counts; of no use to anybody. 303: the machine has no
// driver, which `doctor` says in words.
const noise =
  /^(WARNING: All log messages|[IW]0000 |\d{4}-\d\d-\d\d .*: [IW] |E0000 .*failed call to cuInit.*\(303\))/

interface PendingCall {
  readonly task: string
  readonly input: unknown
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
  #settings: EngineSettings
  readonly #pending = new Map<number, PendingCall>()
  #child: ChildProcess | null = null
  #lastWords = ''
  #nextId = 1
  #isOutdated = false
  /** calls that ended without their task, each with the time by which it must have stopped */
  readonly #dropped = new Map<number, NodeJS.Timeout>()

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
    this.#start()
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      let grace: NodeJS.Timeout | undefined
      const aborted = (cause?: unknown) => new AppError('aborted', 'stopped on request', { cause })
      const onAbort = () => {
        this.#send({ kind: 'abort', id })
        grace = setTimeout(() => {
          this.#dropped.set(id, setTimeout(() => this.#restart(), stuckMs - abortGraceMs).unref())
          settled()
          reject(aborted())
        }, abortGraceMs)
      }
      const settled = () => {
        clearTimeout(grace)
        signal?.removeEventListener('abort', onAbort)
        this.#pending.delete(id)
        if (this.#pending.size === 0) this.#rest()
      }
      this.#pending.set(id, {
        task,
        input,
        onProgress,
        resolve: (value) => {
          settled()
          resolve(value)
        },
        reject: (error) => {
          settled()
          reject(signal?.aborted ? aborted(error) : error)
        },
      })
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#child?.ref()
      this.#send({ kind: 'call', id, task, input })
    })
  }

  /** Other settings from the next call on that finds no other under way; those ends in the process that it began in. */
  configure(settings: EngineSettings): void {
    this.#settings = settings
    this.#isOutdated = this.#child !== null
    if (this.#pending.size === 0) this.#rest()
  }

  /** Ends the process; calls under way fail. */
  async close(): Promise<void> {
    const child = this.#child
    if (!child) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.ref() // else a program with nothing else to do ends before it
    child.disconnect()
    const timer = setTimeout(() => child.kill('SIGKILL'), abortGraceMs)
    await ended
    clearTimeout(timer)
  }

  /** Nothing is under way: nobody waits for the process any more, and one with old settings goes. */
  #rest(): void {
    this.#child?.unref()
    if (!this.#isOutdated) return
    this.#isOutdated = false
    const child = this.#child
    this.#child = null
    child?.disconnect()
  }

  /** A task ignores that nobody wants it: its process goes, and the calls beside it begin again in a new one. */
  #restart(): void {
    const child = this.#child
    this.#child = null
    this.#forgetDropped()
    child?.kill('SIGKILL')
    if (this.#pending.size === 0) return
    this.#start().ref()
    for (const [id, { task, input }] of this.#pending) this.#send({ kind: 'call', id, task, input })
  }

  #forgetDropped(): void {
    for (const timer of this.#dropped.values()) clearTimeout(timer)
    this.#dropped.clear()
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
    // Under Electron, its binary stands for Node's where this says so; elsewhere it means nothing.
    env.ELECTRON_RUN_AS_NODE = '1'
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
    child.on('message', (reply: Reply) => {
      if (this.#child === child) this.#receive(reply)
    })
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
    if (!call && reply.kind !== 'progress') {
      clearTimeout(this.#dropped.get(reply.id))
      this.#dropped.delete(reply.id)
    }
    if (!call) return
    if (reply.kind === 'progress') call.onProgress?.(reply.value as never)
    else if (reply.kind === 'result') call.resolve(reply.value as never)
    else call.reject(new AppError(reply.code, reply.message))
  }

  #fail(child: ChildProcess, how: string): void {
    if (this.#child !== child) return
    this.#child = null
    this.#forgetDropped()
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
