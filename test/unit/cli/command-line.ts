import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '../../..')

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The command line as its user runs it, in a folder of its own with a catalog of its own. */
export interface CommandLine {
  readonly folder: string
  run(...parameters: string[]): Promise<Ended>
  /** the same with --json, and the object it printed */
  // biome-ignore lint/suspicious/noExplicitAny: tests look at any command's object
  json(...parameters: string[]): Promise<Ended & { result: any }>
  remove(): Promise<void>
}

export async function commandLine(): Promise<CommandLine> {
  const folder = await mkdtemp(join(tmpdir(), 'hourglass-cli-'))
  const run = (...parameters: string[]): Promise<Ended> => {
    const all = [join(root, 'main/cli/main.ts'), '--data', join(folder, 'data'), ...parameters]
    const child = spawn(process.execPath, all, { cwd: folder })
    const text = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (chunk: string) => {
        text[name] += chunk
      })
    }
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...text })))
  }
  return {
    folder,
    run,
    async json(...parameters) {
      const ended = await run(...parameters, '--json')
      return { ...ended, result: JSON.parse(ended.stdout) }
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
