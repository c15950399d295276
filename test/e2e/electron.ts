import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { _electron, type ElectronApplication } from 'playwright-core'
import { newestMs } from '../../main/server/build-window.ts'

const root = join(import.meta.dirname, '../..')
const older = join(import.meta.dirname, 'electron22')

/** An Electron that runs here, and how the application is built for it. */
export interface ElectronHere {
  readonly name: string
  readonly path: string
  readonly build: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

const olderBuild = [
  ...['--out', 'out/application-22', '--shell-target', 'node16', '--window-target', 'chrome108'],
  ...['--prelude', join(older, 'prelude.cjs')],
]

/** Electron's own binary where npm brought it; else the older one that pip brings; else why there is none. */
export function findElectron(): ElectronHere | string {
  if (process.platform !== 'linux') return 'tried on Linux only'
  const display = ['/usr/bin/Xvfb', '/usr/local/bin/Xvfb'].some(existsSync)
  if (!display && !process.env.DISPLAY) return 'no display, and no Xvfb: install xvfb'
  const folder = join(root, 'node_modules', 'electron')
  const named = join(folder, 'path.txt')
  const own = existsSync(named) && join(folder, 'dist', readFileSync(named, 'utf8'))
  if (own && existsSync(own)) {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
    return { name: `Electron ${version}`, path: own, build: ['--out', 'out/application'], env: {} }
  }
  if (process.arch !== 'x64') return `no Electron for ${process.arch} here`
  try {
    const path = execFileSync('sh', [join(older, 'get.sh')], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const env = {
      HOURGLASS_TEST_NODE: process.execPath,
      HOURGLASS_TEST_PARENT_PORT: join(older, 'parent-port.mjs'),
    }
    return { name: 'Electron 22.3.25', path: path.trim(), build: olderBuild, env }
  } catch {
    return 'no Electron: neither its own binary nor the older one can be fetched'
  }
}

/** Builds the application where it is older than its sources. @returns its folder */
export async function buildApplication({ build }: ElectronHere): Promise<string> {
  const out = join(root, build[build.indexOf('--out') + 1]!)
  const built = join(out, 'out', 'notices.json') // written last
  const sources = ['main', 'shared', 'renderer', 'scripts/build.ts', 'test/e2e/electron22']
  const newest = Math.max(...(await Promise.all(sources.map((name) => newestMs(join(root, name))))))
  if (!existsSync(built) || statSync(built).mtimeMs < newest) {
    execFileSync(process.execPath, ['--no-warnings', join(root, 'scripts', 'build.ts'), ...build], {
      cwd: root,
    })
  }
  return out
}

export interface Display {
  readonly name: string
  stop(): void
}

/** A display of its own, or the one that is there. */
export async function openDisplay(): Promise<Display> {
  if (process.env.DISPLAY) return { name: process.env.DISPLAY, stop: () => {} }
  const server: ChildProcess = spawn(
    'Xvfb',
    ['-displayfd', '1', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  const number = await new Promise<string>((resolve, reject) => {
    server.stdout!.once('data', (text: Buffer) => resolve(String(text).trim()))
    server.once('error', reject)
    server.once('exit', () => reject(new Error('Xvfb did not start')))
  })
  return { name: `:${number}`, stop: () => void server.kill() }
}

export interface Launched {
  readonly electron: ElectronHere
  /** what `buildApplication` built, or a packaged application's folder */
  readonly application: string
  readonly display: Display
  /** of the test alone: data, settings of the shell, Chromium's own files */
  readonly folder: string
}

/** How the application is run, by playwright or plainly. */
export function commandLine(
  { electron, application, display, folder }: Launched,
  words: readonly string[] = [],
) {
  const env: Record<string, string> = {
    ...(process.env as Record<string, string>),
    ...electron.env,
    ...{ DISPLAY: display.name, HOURGLASS_DATA: join(folder, 'data'), HOURGLASS_COMPUTE: 'float32' },
  }
  const parameters = [
    application,
    '--no-sandbox',
    '--disable-gpu',
    `--user-data-dir=${join(folder, 'shell')}`,
  ]
  return { executablePath: electron.path, args: [...parameters, ...words], env }
}

const launchMs = [30_000, 60_000, 120_000]

/**
 * Now and then the first page moves on just while playwright asks about it, and playwright waits for ever for an
 * answer: then it ends the application, and it is started again. (For Electron 22, prelude.cjs sees to it.)
 */
export async function launch(
  launched: Launched,
  words: readonly string[] = [],
): Promise<ElectronApplication> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await _electron.launch({ ...commandLine(launched, words), timeout: launchMs[attempt]! })
    } catch (error) {
      if (attempt + 1 === launchMs.length || !/Timeout/.test(String(error))) throw error
      console.warn(`electron: not started in ${launchMs[attempt]} ms, trying again`)
    }
  }
}
