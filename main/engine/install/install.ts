import { readFile } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { AppError } from '../../../shared/errors.ts'
import { cacheFolder, projectRoot } from '../../platform/folders.ts'
import { bindingPath, ensureBinding, tfjsFolder } from './binding.ts'
import { chooseVariant } from './driver.ts'
import { distrustLibrary, ensureLibrary, hasLibrary, type Say } from './library.ts'
import { type Distribution, distributions, type Variant } from './packages.ts'
import { runProgram, tellingLine } from './program.ts'

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
export async function installEngine(say: Say, signal?: AbortSignal): Promise<Installed> {
  const choice = await chooseVariant()
  const installed: Installed =
    process.platform === 'linux' && process.arch === 'x64'
      ? choice
      : { variant: 'download', reason: `no tested TensorFlow wheel for ${process.platform} ${process.arch}` }
  if (installed.variant === 'download') {
    await runOwnDownload(say, signal)
    await checkLoads(tfjsFolder, signal)
  } else {
    // A relative HOURGLASS_CACHE means the folder where the command was given, also from inside the package.
    await installFromWheels(distributions[installed.variant], resolve(cacheFolder()), tfjsFolder, say, signal)
  }
  await writeFileAtomic(recordPath, `${JSON.stringify(installed)}\n`)
  return installed
}

/**
 * Library and binding, linked into `packageFolder` and seen to load; a cached library that does not load (its
 * files may be damaged) is fetched once more.
 * @throws AppError `setup`
 */
export async function installFromWheels(
  distribution: Distribution,
  cache: string,
  packageFolder: string,
  say: Say,
  signal?: AbortSignal,
): Promise<void> {
  const wasCached = await hasLibrary(distribution, cache)
  const putIn = async () => {
    const library = await ensureLibrary(distribution, cache, say, signal)
    await ensureBinding(library, cache, packageFolder, say, signal)
    await checkLoads(packageFolder, signal)
  }
  try {
    await putIn()
  } catch (error) {
    if (!wasCached || !(error instanceof LoadError)) throw error
    say(`the TensorFlow in ${cache} does not load and is fetched again`)
    await distrustLibrary(distribution, cache)
    await putIn()
  }
}

class LoadError extends AppError {}

/** Loads the binding, and with it the library, in a process of its own. */
async function checkLoads(packageFolder: string, signal?: AbortSignal): Promise<void> {
  const { exitCode, output } = await runProgram(
    process.execPath,
    ['-e', 'require(process.argv[1])', bindingPath(packageFolder)],
    { signal },
  )
  if (exitCode === 0) return
  throw new LoadError(
    'setup',
    `TensorFlow is installed but does not load here (${tellingLine(output, /Error:|instructions/)}): it needs a ` +
      '64-bit system with glibc 2.27 or newer and a processor with AVX.',
  )
}

async function runOwnDownload(say: Say, signal?: AbortSignal): Promise<void> {
  say("downloading TensorFlow with the tfjs package's own installer")
  const { exitCode, output } = await runProgram(process.execPath, ['scripts/install.js', 'gpu', 'download'], {
    cwd: tfjsFolder,
    signal,
    // It calls node-pre-gyp by name.
    env: { PATH: [join(projectRoot, 'node_modules', '.bin'), process.env.PATH].join(delimiter) },
  })
  if (exitCode !== 0) {
    throw new AppError(
      'setup',
      `The tfjs package could not download its TensorFlow (${tellingLine(output, /error/i)}): check the network ` +
        'and start again.',
    )
  }
}
