import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { bindingPath, ensureBinding, tfjsFolder } from '../../../../main/engine/install/binding.ts'
import { installFromWheels } from '../../../../main/engine/install/install.ts'
import { hasLibrary, type Library, libraryFolder } from '../../../../main/engine/install/library.ts'
import { distributions } from '../../../../main/engine/install/packages.ts'
import { cacheFolder } from '../../../../main/platform/folders.ts'
import { pip, shellScript, temporaryFolder, usePython } from '../../../fixtures/engine/fake-python.ts'
import { tinyDistribution } from '../../../fixtures/engine/wheel.ts'

const say = () => {}
afterEach(() => vi.unstubAllEnvs())

/** A tfjs package as npm puts it there, an empty cache, and a library that nothing was compiled for. */
function checkout(): { cache: string; packageFolder: string; library: Library } {
  const packageFolder = join(temporaryFolder(), 'with a space', 'tfjs-node-gpu')
  cpSync(join(tfjsFolder, 'binding'), join(packageFolder, 'binding'), { recursive: true })
  const cache = temporaryFolder()
  return { cache, packageFolder, library: { folder: libraryFolder(tinyDistribution, cache), variant: 'cpu' } }
}

/** A compiler that writes its parameters into the file after -o. */
function useCompiler(lines: string, words = ''): void {
  const path = shellScript(
    temporaryFolder(),
    'compiler',
    `all="$*"; while [ $# -gt 0 ]; do [ "$1" = -o ] && out=$2; shift; done\n${lines}`,
  )
  vi.stubEnv('CXX', `${path}${words}`)
}
const compiles = 'echo "$all" > "$out"'

describe.skipIf(process.platform === 'win32')('the binding', () => {
  test('is compiled once, and copied after that', async () => {
    const { cache, packageFolder, library } = checkout()
    useCompiler(compiles, ' -with-words')
    await ensureBinding(library, cache, packageFolder, say)
    expect(readFileSync(bindingPath(packageFolder), 'utf8')).toMatch(/^-with-words .*tfjs_backend\.cc/)
    expect(readlinkSync(join(packageFolder, 'deps/lib'))).toBe(join(library.folder, 'tensorflow'))
    vi.stubEnv('CXX', '/no/compiler')
    const second = checkout()
    await ensureBinding(library, cache, second.packageFolder, say)
    expect(existsSync(bindingPath(second.packageFolder))).toBe(true)
    expect(readdirSync(cache)).toEqual(['bindings'])
  })

  test.each<[how: string, lines: string | null, whatToDo: RegExp]>([
    [
      'no compiler',
      null,
      /'\/no\/compiler' was not found: install one .*apt install g\+\+.* or name one in CXX/,
    ],
    [
      'a compiler that fails',
      'echo half > "$out"; echo "a.cc:1: error: no C++17 here"; echo note; exit 1',
      /could not compile .*\(a\.cc:1: error: no C\+\+17 here\).*: install one .* or name one in CXX/,
    ],
    [
      'a disk that fills up',
      'echo half > "$out"; echo "error: cannot write: No space left on device"; exit 1',
      /is full: free some space or point HOURGLASS_CACHE/,
    ],
  ])('%s: one sentence says what to do, nothing stays', async (_how, lines, whatToDo) => {
    const { cache, packageFolder, library } = checkout()
    if (lines) useCompiler(lines)
    else vi.stubEnv('CXX', '/no/compiler')
    const error = await ensureBinding(library, cache, packageFolder, say).catch((error: unknown) => error)
    expect(error).toMatchObject({ name: 'AppError', code: 'setup', message: expect.stringMatching(whatToDo) })
    expect((error as Error).message).toMatch(/^[^\n]+\.$/)
    expect(readdirSync(cache)).toEqual([])
    expect(readdirSync(packageFolder)).toEqual(['binding'])
    useCompiler(compiles)
    await ensureBinding(library, cache, packageFolder, say)
  })

  test("changes from one library to another, or from the package's own download", async () => {
    const { cache, packageFolder, library } = checkout()
    const link = join(packageFolder, 'deps/lib')
    mkdirSync(link, { recursive: true })
    writeFileSync(join(link, 'libtensorflow.so'), 'downloaded')
    useCompiler(compiles)
    for (const folder of [library.folder, `${library.folder}-cuda`, library.folder]) {
      await ensureBinding({ ...library, folder }, cache, packageFolder, say)
      expect(readlinkSync(link)).toBe(join(folder, 'tensorflow'))
    }
    expect(readdirSync(join(packageFolder, 'deps'))).toEqual(['lib'])
  })

  test('a package that cannot be written', async () => {
    const { cache, packageFolder, library } = checkout()
    writeFileSync(join(packageFolder, 'lib'), 'a file')
    useCompiler(compiles)
    await expect(ensureBinding(library, cache, packageFolder, say)).rejects.toMatchObject({
      code: 'setup',
      message: /tfjs-node-gpu is not a folder that can be written/,
    })
  })

  test('a library that does not load is fetched again, once', async () => {
    const { cache, packageFolder } = checkout()
    useCompiler(compiles)
    const { log } = usePython(pip.delivers)
    const install = () => installFromWheels(tinyDistribution, cache, packageFolder, say)
    const refusal = { code: 'setup', message: /does not load here \(.*\): it needs .*glibc/ }
    await expect(install()).rejects.toMatchObject(refusal)
    expect(readFileSync(log, 'utf8')).toBe('download\n')
    await expect(install()).rejects.toMatchObject(refusal)
    expect(readFileSync(log, 'utf8')).toBe('download\ndownload\n')
  })

  test('compiles and loads for real', async ({ skip }) => {
    const { cache, packageFolder } = checkout()
    if (!(await hasLibrary(distributions.cpu, cacheFolder())))
      skip('TensorFlow for the CPU is not in the cache')
    symlinkSync(libraryFolder(distributions.cpu, cacheFolder()), libraryFolder(distributions.cpu, cache))
    const lines: string[] = []
    await installFromWheels(distributions.cpu, cache, packageFolder, (line) => lines.push(line))
    expect(lines).toEqual(['compiling the TensorFlow binding'])
  }, 180_000)
})
