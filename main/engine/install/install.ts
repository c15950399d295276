import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { AppError } from '../../../shared/errors.ts'
import { cacheFolder } from '../../platform/folders.ts'
import { ensureBinding, tfjsFolder } from './binding.ts'
import { chooseVariant } from './driver.ts'
import { ensureLibrary } from './library.ts'
import { distributions, type Variant } from './packages.ts'
import { runProgram } from './pip.ts'

/** What is installed in this checkout, written beside the binding. */
export interface Installed {
  readonly variant: Variant | 'download'
  readonly reason: string
}

const recordPath = join(tfjsFolder, 'lib', 'installed.json')

/** What the last installation put in, or null. */
export async function readInstalled(): Promise<Installed | null> {
  return JSON.parse(await readFile(recordPath, 'utf8').catch(() => 'null')) as Installed | null
}

/**
 * Puts TensorFlow in: library from the pip wheel (cached), binding compiled (cached), both linked into the tfjs
 * package. Where that road is closed (not Linux on x64), the package's own download is tried.
 * @throws AppError `setup`, one sentence that says what to do; nothing half done stays behind
 */
export async function installEngine(say: (line: string) => void): Promise<Installed> {
  const choice = await chooseVariant()
  const cache = cacheFolder()
  const installed: Installed =
    process.platform === 'linux' && process.arch === 'x64'
      ? choice
      : { variant: 'download', reason: `no tested TensorFlow wheel for ${process.platform} ${process.arch}` }
  if (installed.variant === 'download') {
    await runOwnDownload(say)
  } else {
    const library = await ensureLibrary(distributions[installed.variant], cache, say)
    await ensureBinding(library, cache, say)
  }
  await writeFileAtomic(recordPath, `${JSON.stringify(installed)}\n`)
  return installed
}

async function runOwnDownload(say: (line: string) => void): Promise<void> {
  say("downloading TensorFlow with the tfjs package's own installer")
  const { exitCode, output } = await runProgram(process.execPath, ['scripts/install.js', 'gpu', 'download'], {
    cwd: tfjsFolder,
  })
  if (exitCode !== 0) {
    throw new AppError(
      'setup',
      `The tfjs package could not download its TensorFlow (${output.trim().split('\n').at(-1)}): check the network.`,
    )
  }
}
