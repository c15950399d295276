import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import {
  copyFile,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { applyPatch } from './apply-patch.ts'
import { asSetupError, noDisk } from './failures.ts'
import type { Library, Say } from './library.ts'
import { runProgram, tellingLine } from './program.ts'
import { inWorkFolder } from './work-folder.ts'

const resolve = createRequire(import.meta.url).resolve

/** The installed tfjs package: `binding/` holds the C++ sources, `lib/napi-v8/` receives the compiled one. */
export const tfjsFolder = dirname(dirname(resolve('@tensorflow/tfjs-node-gpu')))

const flags = [
  ...['-O2', '-fPIC', '-shared', '-std=c++17', '-DNAPI_VERSION=8', '-w'],
  ...['-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2', '-Wl,-rpath,$ORIGIN/../../deps/lib'],
]

/** Where the compiled binding stands in a tfjs package. */
export function bindingPath(packageFolder: string): string {
  return join(packageFolder, 'lib', 'napi-v8', 'tfjs_binding.node')
}

/**
 * Compiles the package's own binding against the library's headers with the machine's C++ compiler (Node-API
 * only, so no Node headers and no node-gyp), or takes the one compiled before from the same sources, and
 * puts it and a link to the library into the package. A patch adds what compiled functions need; its reason
 * stands on top of it.
 * @throws AppError `setup` when there is no compiler or it fails, or the package cannot be written
 */
export async function ensureBinding(
  library: Library,
  cache: string,
  packageFolder: string,
  say: Say,
  signal?: AbortSignal,
): Promise<void> {
  const sources = await patchedSources(join(packageFolder, 'binding'))
  const kept = join(cache, 'bindings', `${digestOf(sources, library)}.node`)
  if (!existsSync(kept)) {
    say('compiling the TensorFlow binding')
    await inWorkFolder(cache, async (work) => {
      const compiled = await compile(sources, library, work, signal)
      await mkdir(dirname(kept), { recursive: true })
      await rename(compiled, kept)
    })
  }
  try {
    await placeCopy(kept, bindingPath(packageFolder))
    await linkFolder(join(library.folder, 'tensorflow'), join(packageFolder, 'deps', 'lib'))
  } catch (error) {
    throw asSetupError(error, packageFolder)
  }
}

/** The binding's source files by name, as they are compiled. */
async function patchedSources(folder: string): Promise<Map<string, string>> {
  const names = (await readdir(folder)).sort()
  const read = async (name: string) => [name, await readFile(join(folder, name), 'utf8')] as const
  const patch = await readFile(join(import.meta.dirname, 'binding.patch'), 'utf8')
  return applyPatch(new Map(await Promise.all(names.map(read))), patch)
}

async function compile(
  sources: ReadonlyMap<string, string>,
  library: Library,
  work: string,
  signal?: AbortSignal,
): Promise<string> {
  // As make has it, CXX may hold words: 'ccache g++'.
  const [compiler = 'c++', ...words] = (process.env.CXX || 'c++').trim().split(/\s+/)
  const compiled = join(work, 'tfjs_binding.node')
  const napi = join(dirname(resolve('node-api-headers/package.json')), 'include')
  const headers = join(library.folder, 'tensorflow', 'include')
  for (const [name, text] of sources) await writeFile(join(work, name), text)
  const files = [...sources.keys()].filter((name) => name.endsWith('.cc')).map((name) => join(work, name))
  const { exitCode, output } = await runProgram(
    compiler,
    [
      ...[...words, ...files],
      ...['-I', napi, '-I', headers, '-L', join(library.folder, 'tensorflow')],
      ...[...flags, '-o', compiled],
    ],
    { signal, env: { TMPDIR: work } },
  )
  if (exitCode === 0 && existsSync(compiled)) return compiled
  if (/no space left|disk quota/i.test(output)) throw noDisk(work)
  const advice =
    'install one (Debian, Ubuntu: apt install g++; Fedora: dnf install gcc-c++) or name one in CXX, and start again.'
  throw new AppError(
    'setup',
    exitCode === null
      ? `A C++ compiler is needed once to build the TensorFlow binding and '${compiler}' was not found: ${advice}`
      : `'${compiler}' could not compile the TensorFlow binding (${tellingLine(output, /error/i)}); a C++ compiler ` +
          `that knows C++17 is needed: ${advice}`,
  )
}

/** The binding depends on its sources, on how it is compiled and on the TensorFlow it is linked with. */
function digestOf(sources: ReadonlyMap<string, string>, library: Library): string {
  const hash = createHash('sha256').update(
    JSON.stringify([flags, process.arch, library.folder.split(/[\\/]/).at(-1)]),
  )
  for (const [name, text] of sources) hash.update(name).update(text)
  return hash.digest('hex').slice(0, 16)
}

/** Never written in place: a running engine may have the old file mapped. */
async function placeCopy(source: string, target: string): Promise<void> {
  if (existsSync(target) && (await readFile(source)).equals(await readFile(target))) return
  await byRename(target, (part) => copyFile(source, part))
}

/** A link to the library's folder, so that its own search path (`$ORIGIN/../nvidia`) holds in the cache. */
async function linkFolder(folder: string, link: string): Promise<void> {
  if ((await readlink(link).catch(() => '')) === folder) return
  // The package's own download leaves a real folder here, which a rename cannot replace.
  if ((await lstat(link).catch(() => null))?.isDirectory()) await rm(link, { recursive: true })
  await byRename(link, (part) => symlink(folder, part, 'dir'))
}

async function byRename(target: string, make: (part: string) => Promise<void>): Promise<void> {
  const part = `${target}.${randomUUID().slice(0, 8)}.part`
  await mkdir(dirname(target), { recursive: true })
  try {
    await make(part)
    await rename(part, target)
  } finally {
    await rm(part, { force: true })
  }
}
