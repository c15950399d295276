import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../../shared/errors.ts'
import { platformTags, type Wheel } from './packages.ts'

/** Runs a program to its end; resolves with its exit code (null when it could not be started) and its output. */
export function runProgram(
  command: string,
  parameters: readonly string[],
  options: { cwd?: string } = {},
): Promise<{ exitCode: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, parameters, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const collect = (text: Buffer) => {
      output = (output + text.toString()).slice(-20_000)
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.on('error', (error) => resolve({ exitCode: null, output: error.message }))
    child.on('close', (exitCode) => resolve({ exitCode: exitCode ?? 1, output }))
  })
}

/** The first Python that has pip: HOURGLASS_PYTHON, else python3, else python. */
export async function findPip(): Promise<string> {
  const candidates = process.env.HOURGLASS_PYTHON ? [process.env.HOURGLASS_PYTHON] : ['python3', 'python']
  for (const python of candidates) {
    const { exitCode } = await runProgram(python, ['-m', 'pip', '--version'])
    if (exitCode === 0) return python
  }
  throw new AppError(
    'setup',
    `TensorFlow comes through Python's pip, and ${candidates.join(' or ')} with pip was not found: install it ` +
      '(Debian, Ubuntu: apt install python3-pip; Fedora: dnf install python3-pip) and start again.',
  )
}

/**
 * Downloads one wheel into `folder` and checks its SHA-256.
 * @returns the wheel's path
 * @throws AppError `setup` when pip fails or the file is not the expected one; the folder is the caller's to remove
 */
export async function downloadWheel(python: string, wheel: Wheel, folder: string): Promise<string> {
  const { exitCode, output } = await runProgram(python, [
    ...['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--no-cache-dir'],
    ...['--only-binary=:all:', '--python-version', '3.11', '--implementation', 'cp'],
    ...platformTags.flatMap((tag) => ['--platform', tag]),
    ...['--dest', folder, `${wheel.name}==${wheel.version}`],
  ])
  const fileName = (await readdir(folder)).find((name) =>
    name.startsWith(`${wheel.name.replaceAll('-', '_')}-${wheel.version}`),
  )
  if (exitCode !== 0 || !fileName) {
    if (/no space left/i.test(output)) throw noDisk(folder)
    const reason = output.trim().split('\n').at(-1) ?? 'no file came'
    throw new AppError(
      'setup',
      `pip could not download ${wheel.name} ${wheel.version} (${reason}): check the network or the proxy settings ` +
        'of pip, then start again.',
    )
  }
  const path = join(folder, fileName)
  const sha256 = await sha256Of(path)
  if (sha256 !== wheel.sha256) {
    throw new AppError(
      'setup',
      `The downloaded ${fileName} is damaged or not the tested one (SHA-256 ${sha256}, expected ${wheel.sha256}): ` +
        'start again, and if it stays so, check which package index pip uses.',
    )
  }
  return path
}

export function noDisk(folder: string): AppError {
  return new AppError(
    'setup',
    `The disk of ${folder} is full: free some space or point HOURGLASS_CACHE to another disk, then start again.`,
  )
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash)
  return hash.digest('hex')
}
