import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Times } from './means.ts'
import type { EngineWorkload } from './workloads.ts'

/** PyTorch's side of the benchmark: a Python process that runs a workload whenever it is asked. */
export class TorchBench {
  readonly version: string
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>

  private constructor(child: ChildProcess, lines: AsyncIterator<string>, version: string) {
    this.#child = child
    this.#lines = lines
    this.version = version
  }

  /** Null where python3 cannot import torch. */
  static async start(threads: number): Promise<TorchBench | null> {
    const script = join(import.meta.dirname, 'torch-bench.py')
    const python = process.env.HOURGLASS_PYTHON || 'python3'
    const child = spawn(python, [script, String(threads)], { stdio: ['pipe', 'pipe', 'ignore'] })
    const failed = new Promise<null>((resolve) => child.once('error', () => resolve(null)))
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const first = await Promise.race([failed, lines.next()])
    return first && !first.done ? new TorchBench(child, lines, first.value) : null
  }

  /** Of one run, or null where PyTorch has no such workload. */
  async times(
    { name, sizes = [] }: EngineWorkload,
    precision: 'float32' | 'bfloat16',
  ): Promise<Times | null> {
    const pictures = sizes.map(([height, width]) => ` ${height}x${width}`)
    this.#child.stdin!.write(`${name} ${precision}${pictures.join('')}\n`)
    const { value, done } = await this.#lines.next()
    if (done || value === 'none') return null
    const [wall, processor] = value.split(' ').map(Number)
    return { wall: wall!, processor: processor! }
  }

  close(): void {
    this.#child.stdin!.end()
  }
}
