// `npm start`: the window in Electron where its binary is here or can be fetched; else in the browser.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { newestMs } from '../main/server/build-window.ts'

const root = join(import.meta.dirname, '..')
const say = (text: string) => console.error(`hourglass: ${text}`)
const application = join(root, 'out', 'application')
const electronFolder = join(root, 'node_modules', 'electron')
/** When fetching Electron failed last: another try the next day. */
const failedAt = join(root, 'node_modules', '.cache', 'hourglass-no-electron')
const dayMs = 24 * 60 * 60_000
const fetchMs = 5 * 60_000

const electron = electronHere() ?? fetchElectron()
const lacking = electron ? whyNoWindow() : "Electron's binary cannot be had here"
if (electron && !lacking) {
  await build()
  run(electron, [application, ...process.argv.slice(2)])
} else {
  say(`${lacking}: the same window opens in a browser instead`)
  run(process.execPath, [join(root, 'main', 'cli', 'main.ts'), 'serve', '--home', ...process.argv.slice(2)])
}

function electronHere(): string | null {
  try {
    const path = join(electronFolder, 'dist', readFileSync(join(electronFolder, 'path.txt'), 'utf8'))
    return existsSync(path) ? path : null
  } catch {
    return null
  }
}

function fetchElectron(): string | null {
  const failed = existsSync(failedAt) && Date.now() - statSync(failedAt).mtimeMs < dayMs
  if (failed) return null
  say('fetching Electron (once, about 110 MB)')
  const install = join(electronFolder, 'install.js')
  const { status } = spawnSync(process.execPath, [install], { cwd: root, stdio: 'ignore', timeout: fetchMs })
  if (status === 0) return electronHere()
  mkdirSync(dirname(failedAt), { recursive: true })
  writeFileSync(failedAt, '')
  return null
}

/** Null where Electron can show a window. */
function whyNoWindow(): string | null {
  if (process.platform !== 'linux') return null
  if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return 'There is no display'
  return process.getuid?.() === 0 ? 'Electron does not run as root' : null
}

async function build(): Promise<void> {
  const built = join(application, 'out', 'notices.json') // written last
  const sources = ['main', 'shared', 'renderer', 'scripts/build.ts', 'package-lock.json']
  const times = await Promise.all(sources.map((name) => newestMs(join(root, name))))
  if (existsSync(built) && statSync(built).mtimeMs >= Math.max(...times)) return
  say('building the application (once, and after its sources change)')
  const { status } = spawnSync(process.execPath, ['--no-warnings', join(root, 'scripts', 'build.ts')], {
    ...{ cwd: root, stdio: 'inherit' },
  })
  if (status !== 0) process.exit(status ?? 1)
}

function run(program: string, parameters: readonly string[]): void {
  const child = spawn(program, parameters, { stdio: 'inherit' })
  // Ctrl-C reaches the child by the terminal; its own ending ends this.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('exit', (code, signal) => process.exit(signal ? 130 : (code ?? 0)))
}
