import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, lstat, mkdir, readdir, readFile, readlink, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import type { Library } from './library.ts'
import { runProgram } from './pip.ts'

const resolve = createRequire(import.meta.url).resolve

/** The installed tfjs package: `binding/` holds the C++ sources, `lib/napi-v8/` receives the compiled one. */
export const tfjsFolder = dirname(dirname(resolve('@tensorflow/tfjs-node-gpu')))

const flags = [
  ...['-O2', '-fPIC', '-shared', '-std=c++17', '-DNAPI_VERSION=8', '-w'],
  ...['-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2', '-Wl,-rpath,$ORIGIN/../../deps/lib'],
]

/**
 * Compiles the package's own binding against the library's headers with the machine's C++ compiler (Node-API
 * only, so no Node headers and no node-gyp), or takes the one compiled before from the same sources.
 * @throws AppError `setup` when there is no compiler or it fails
 */
export async function ensureBinding(
  library: Library,
  cache: string,
  say: (line: string) => void,
): Promise<void> {
  const sources = join(tfjsFolder, 'binding')
  const target = join(tfjsFolder, 'lib', 'napi-v8', 'tfjs_binding.node')
  const kept = join(cache, 'bindings', `${await digestOf(sources, library)}.node`)
  if (!existsSync(kept)) {
    say('compiling the TensorFlow binding')
    await mkdir(dirname(kept), { recursive: true })
    await compile(sources, library, kept)
  }
  await placeCopy(kept, target)
  await linkFolder(join(library.folder, 'tensorflow'), join(tfjsFolder, 'deps', 'lib'))
}

async function compile(sources: string, library: Library, target: string): Promise<void> {
  const compiler = process.env.CXX || 'c++'
  const part = `${target}.${randomUUID().slice(0, 8)}.part`
  const napi = join(dirname(resolve('node-api-headers/package.json')), 'include')
  const headers = join(library.folder, 'tensorflow', 'include')
  const files = (await readdir(sources))
    .filter((name) => name.endsWith('.cc'))
    .map((name) => join(sources, name))
  const { exitCode, output } = await runProgram(compiler, [
    ...files,
    ...['-I', napi, '-I', headers, '-I', dirname(sources), '-L', join(library.folder, 'tensorflow')],
    ...flags,
    ...['-o', part],
  ])
  if (exitCode === 0) return rename(part, target)
  await rm(part, { force: true })
  if (exitCode === null) {
    throw new AppError(
      'setup',
      `A C++ compiler is needed once to build the TensorFlow binding and '${compiler}' was not found: install one ` +
        '(Debian, Ubuntu: apt install g++; Fedora: dnf install gcc-c++) or name it in CXX, and start again.',
    )
  }
  const reason =
    output.split('\n').find((line) => /error|No space/i.test(line)) ?? output.trim().split('\n').at(-1)
  throw new AppError('setup', `'${compiler}' could not compile the TensorFlow binding: ${reason}`)
}

/** The binding depends on its sources, on how it is compiled and on the TensorFlow it is linked with. */
async function digestOf(sources: string, library: Library): Promise<string> {
  const hash = createHash('sha256').update(
    JSON.stringify([flags, process.arch, library.folder.split(/[\\/]/).at(-1)]),
  )
  for (const name of (await readdir(sources)).sort())
    hash.update(name).update(await readFile(join(sources, name)))
  return hash.digest('hex').slice(0, 16)
}

async function placeCopy(source: string, target: string): Promise<void> {
  if (existsSync(target) && (await readFile(source)).equals(await readFile(target))) return
  await mkdir(dirname(target), { recursive: true })
  const part = `${target}.${randomUUID().slice(0, 8)}.part`
  await copyFile(source, part)
  await rename(part, target)
}

/** A link to the library's folder, so that its own search path (`$ORIGIN/../nvidia`) holds in the cache. */
async function linkFolder(folder: string, link: string): Promise<void> {
  if ((await readlink(link).catch(() => '')) === folder) return
  await mkdir(dirname(link), { recursive: true })
  if (await lstat(link).catch(() => null)) await rm(link, { recursive: true })
  await symlink(folder, link, 'dir')
}
