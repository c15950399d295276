import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../../shared/errors.ts'
import { noDisk } from './failures.ts'
import { platformTags, type Wheel } from './packages.ts'
import { runProgram, tellingLine } from './program.ts'

/** The first that takes several `--platform` options */
const oldestPip = 21

/** The first Python that has pip: HOURGLASS_PYTHON, else python3, else python. */
export async function findPip(signal?: AbortSignal): Promise<string> {
  const candidates = process.env.HOURGLASS_PYTHON ? [process.env.HOURGLASS_PYTHON] : ['python3', 'python']
  let tooOld = ''
  for (const python of candidates) {
    const { exitCode, output } = await runProgram(python, ['-m', 'pip', '--version'], { signal })
    if (exitCode !== 0) continue
    const [version, major] = /pip (\d+)[\w.]*/.exec(output) ?? []
    if (!major || Number(major) >= oldestPip) return python
    tooOld ||= `${python} has ${version}`
  }
  throw new AppError(
    'setup',
    `TensorFlow comes through Python's pip, version ${oldestPip} or newer, and ` +
      `${tooOld || `${candidates.join(' or ')} with pip was not found`}: install it ` +
      '(Debian, Ubuntu: apt install python3-pip; Fedora: dnf install python3-pip) or name a Python that has it ' +
      'in HOURGLASS_PYTHON, and start again.',
  )
}

/**
 * Downloads one wheel into `folder` and checks its SHA-256.
 * @returns the wheel's path
 * @throws AppError `setup` when pip fails or the file is not the expected one; the folder is the caller's to remove
 */
export async function downloadWheel(
  python: string,
  wheel: Wheel,
  folder: string,
  signal?: AbortSignal,
): Promise<string> {
  const { exitCode, output } = await runProgram(
    python,
    [
      ...['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--no-cache-dir'],
      ...['--only-binary=:all:', '--python-version', '3.11', '--implementation', 'cp'],
      ...platformTags.flatMap((tag) => ['--platform', tag]),
      ...['--dest', folder, `${wheel.name}==${wheel.version}`],
    ],
    // pip downloads into the temporary folder first: here, a killed pip leaves nothing on another disk.
    { signal, env: { TMPDIR: folder } },
  )
  const fileName = (await readdir(folder)).find(
    (name) => name.startsWith(`${wheel.name.replaceAll('-', '_')}-${wheel.version}`) && name.endsWith('.whl'),
  )
  if (exitCode !== 0 || !fileName) {
    if (/no space left|disk quota/i.test(output)) throw noDisk(folder)
    throw new AppError(
      'setup',
      `pip could not download ${wheel.name} ${wheel.version} (${tellingLine(output, /^ERROR/)}): check the network ` +
        'and which proxy and package index pip uses, then start again.',
    )
  }
  const path = join(folder, fileName)
  const sha256 = await sha256Of(path, signal)
  if (sha256 !== wheel.sha256) {
    throw new AppError(
      'setup',
      `The downloaded ${fileName} is damaged or not the tested one (SHA-256 ${sha256}, expected ${wheel.sha256}): ` +
        'start again, and if it stays so, check which package index pip uses.',
    )
  }
  return path
}

async function sha256Of(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash, signal ? { signal } : {})
  return hash.digest('hex')
}
