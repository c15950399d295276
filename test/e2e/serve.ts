import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** `hourglass serve` as its user runs it. */
export interface Served {
  readonly process: ChildProcess
  /** the page's address without its token */
  readonly origin: string
  /** a fresh address for each browser: a token is good once */
  nextAddress(): string
  /** what it said on both streams */
  output(): string
  stop(): Promise<void>
}

/** A folder of its own for a test: data, photos and results. */
export async function testFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'hourglass-window-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

/** @param libraries folders that may be read and written to */
export async function serve(data: string, libraries: readonly string[]): Promise<Served> {
  const parameters = ['main/cli/main.ts', '--data', data, 'serve', '--port', '0', ...libraries]
  const child = spawn(process.execPath, parameters, {
    cwd: root,
    env: { ...process.env, HOURGLASS_COMPUTE: 'float32' },
  })
  let output = ''
  const spoken = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
        if (/\?token=/.test(output)) resolve()
      })
    }
    child.once('exit', (code) => reject(new Error(`serve ended with ${code}:\n${output}`)))
  })
  await spoken
  const nextAddress = () => output.match(/http:\/\/\S+\?token=\S+/g)!.at(-1)!
  return {
    process: child,
    origin: new URL(nextAddress()).origin,
    nextAddress,
    output: () => output,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}
