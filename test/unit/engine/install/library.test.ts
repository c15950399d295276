import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { ensureLibrary, hasLibrary, libraryFolder } from '../../../../main/engine/install/library.ts'
import { pip, temporaryFolder, usePython } from '../../../fixtures/engine/fake-python.ts'
import { tinyDistribution } from '../../../fixtures/engine/wheel.ts'

const installTiny = join(import.meta.dirname, '../../../fixtures/engine/install-tiny.ts')
const say = () => {}
const downloadsIn = (log: string) => readFileSync(log, 'utf8').split('\n').length - 1

afterEach(() => vi.unstubAllEnvs())

async function expectGoodInstall(cache: string): Promise<void> {
  const { log } = usePython(pip.delivers)
  const { folder } = await ensureLibrary(tinyDistribution, cache, say)
  expect(readFileSync(join(folder, 'tensorflow/libtensorflow_cc.so.2'), 'utf8')).toBe('a library')
  expect(existsSync(join(folder, 'tensorflow/python'))).toBe(false)
  expect(readdirSync(cache)).toEqual(['tensorflow-2.21.0-cpu'])
  expect(downloadsIn(log)).toBe(1)
}

describe.skipIf(process.platform === 'win32')('the library', () => {
  test('comes from the wheel once, and from the cache after that', async () => {
    const cache = temporaryFolder()
    await expectGoodInstall(cache)
    vi.stubEnv('HOURGLASS_PYTHON', join(cache, 'no-python'))
    await ensureLibrary(tinyDistribution, cache, say)
  })

  test.each<[how: string, downloads: string, whatToDo: RegExp]>([
    ['pip fails', pip.fails, /No matching distribution found.*: check the network and which proxy/],
    ['pip breaks off in the middle', pip.breaksOff, /broken pipe.*: check the network/],
    ['half a file comes', pip.deliversHalf, /SHA-256 [0-9a-f]{64}, expected [0-9a-f]{64}\): start again/],
    ['pip brings nothing', pip.deliversNothing, /it printed nothing.*: check the network/],
    ['the disk fills up', pip.fillsTheDisk, /is full: free some space or point HOURGLASS_CACHE/],
  ])('%s: one sentence says what to do, nothing stays', async (_how, downloads, whatToDo) => {
    const cache = temporaryFolder()
    usePython(downloads)
    await expectFailure(cache, whatToDo)
    await expectGoodInstall(cache)
  })

  test('no Python, or a pip that is too old', async () => {
    const cache = temporaryFolder()
    vi.stubEnv('HOURGLASS_PYTHON', join(cache, 'no-python'))
    await expectFailure(cache, /no-python with pip was not found: install it .*apt install python3-pip/)
    usePython(pip.delivers, 'pip 9.0.1 from nowhere')
    await expectFailure(cache, /version 21 or newer.*has pip 9\.0\.1: install it/)
    await expectGoodInstall(cache)
  })

  test('a disk that is too small is seen before the download', async () => {
    const cache = temporaryFolder()
    const { log } = usePython(pip.delivers)
    const huge = { ...tinyDistribution, diskBytes: 1e18 }
    await expectFailure(cache, /has [\d.]+ GB free and 1000000000\.0 GB are needed: free some space/, huge)
    expect(downloadsIn(log)).toBe(0)
  })

  test('a disk that is really full', async ({ skip }) => {
    const cache = temporaryFolder()
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'hourglass-test', cache], { stdio: 'ignore' })
    } catch {
      skip('no right to mount a small disk here')
    }
    onTestFinished(() => void execFileSync('umount', ['-l', cache]))
    usePython(pip.delivers)
    const ballast = join(cache, 'ballast')
    // The wheel itself fits, what is unpacked from it does not.
    writeFileSync(ballast, Buffer.alloc(64 * 1024 - 2 * 4096))
    await expectFailure(cache, /is full: free some space/, { ...tinyDistribution, diskBytes: 0 }, ['ballast'])
    rmSync(ballast)
    usePython(pip.delivers)
    await ensureLibrary({ ...tinyDistribution, diskBytes: 0 }, cache, say)
  })

  test('a cache that cannot be a folder', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'file'), '')
    usePython(pip.delivers)
    await expect(ensureLibrary(tinyDistribution, join(folder, 'file', 'cache'), say)).rejects.toMatchObject({
      code: 'setup',
      message: /not a folder that can be written \(ENOTDIR\): .* point HOURGLASS_CACHE elsewhere/,
    })
  })

  test('abort ends the download within a second and leaves nothing', async () => {
    const cache = temporaryFolder()
    const { log } = usePython(pip.hangs)
    const stop = new AbortController()
    const installing = ensureLibrary(tinyDistribution, cache, say, stop.signal)
    const ended = expect(installing).rejects.toMatchObject({ name: 'AbortError' })
    await until(() => existsSync(`${log}.hangs`))
    const startMs = performance.now()
    stop.abort()
    await ended
    expect(performance.now() - startMs).toBeLessThan(1000)
    expect(readdirSync(cache)).toEqual([])
  })

  test('what a killed installation left is removed by the next one', async () => {
    const cache = temporaryFolder()
    const { log } = usePython(pip.hangs)
    const child = startInstall(cache)
    await until(() => existsSync(`${log}.hangs`))
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(readdirSync(cache)).toEqual([expect.stringMatching(/\.part$/)])
    await expectGoodInstall(cache)
  })

  test('the work of a living process stays', async () => {
    const cache = temporaryFolder()
    const living = `${process.pid}-0123abcd.part`
    mkdirSync(join(cache, living))
    usePython(pip.delivers)
    await ensureLibrary(tinyDistribution, cache, say)
    expect(readdirSync(cache)).toContain(living)
  })

  test('two installations at once both end well', async () => {
    const cache = temporaryFolder()
    const { log } = usePython(pip.deliversSlowly)
    const ends = [startInstall(cache), startInstall(cache)].map((child) => once(child, 'exit'))
    expect((await Promise.all(ends)).map(([exitCode]) => exitCode)).toEqual([0, 0])
    expect(downloadsIn(log)).toBe(2)
    expect(await hasLibrary(tinyDistribution, cache)).toBe(true)
    expect(readdirSync(cache)).toEqual(['tensorflow-2.21.0-cpu'])
  })

  test('a folder without its manifest, or made from other wheels, is made again', async () => {
    const cache = temporaryFolder()
    for (const manifest of [null, '{"tiny-flow":"other"}']) {
      const folder = libraryFolder(tinyDistribution, cache)
      rmSync(folder, { recursive: true, force: true })
      mkdirSync(join(folder, 'tensorflow'), { recursive: true })
      writeFileSync(join(folder, 'tensorflow/old'), '')
      if (manifest) writeFileSync(join(folder, 'wheels.json'), manifest)
      await expectGoodInstall(cache)
      expect(existsSync(join(folder, 'tensorflow/old'))).toBe(false)
    }
  })
})

async function expectFailure(
  cache: string,
  whatToDo: RegExp,
  wanted = tinyDistribution,
  left: string[] = [],
) {
  const error = await ensureLibrary(wanted, cache, say).catch((error: unknown) => error)
  expect(error).toMatchObject({ name: 'AppError', code: 'setup', message: expect.stringMatching(whatToDo) })
  expect((error as Error).message).toMatch(/^[^\n]+\.$/)
  expect(readdirSync(cache)).toEqual(left)
}

function startInstall(cache: string): ChildProcess {
  return fork(installTiny, [cache], { env: process.env })
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10)
}
