import { spawn } from 'node:child_process'

export interface ProgramEnd {
  /** null when the program could not be started */
  readonly exitCode: number | null
  /** the last 20,000 characters of its output and errors, or why it could not be started */
  readonly output: string
}

/**
 * Runs a program, without a shell, to its end. Abort ends it, and rejects when it is gone.
 * @param options.env variables to set on top of this process's own
 */
export function runProgram(
  command: string,
  parameters: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; signal?: AbortSignal | undefined } = {},
): Promise<ProgramEnd> {
  const { cwd, env, signal } = options
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      ...(cwd && { cwd }),
      ...(signal && { signal }),
    })
    let output = ''
    const collect = (text: string) => {
      output = (output + text).slice(-20_000)
    }
    child.stdout.setEncoding('utf8').on('data', collect)
    child.stderr.setEncoding('utf8').on('data', collect)
    child.on('error', (error) => {
      if (error.name !== 'AbortError') resolve({ exitCode: null, output: error.message })
    })
    child.on('close', (exitCode) => {
      if (signal?.aborted) reject(signal.reason)
      else resolve({ exitCode: exitCode ?? 1, output })
    })
  })
}

/** The line of a program's output that says what went wrong: the last that matches, else the last at all. */
export function tellingLine(output: string, pattern: RegExp): string {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
  return lines.findLast((line) => pattern.test(line)) ?? lines.at(-1) ?? 'it printed nothing'
}
