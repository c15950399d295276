import { spawn } from 'node:child_process'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import { makeFolder, projectRoot, windowFolder } from '../platform/folders.ts'

/** A build that takes longer has died, and its mark is in the way. */
const longestBuildMs = 10 * 60_000

/**
 * Builds the window's files where they are missing or older than their sources; where another process is at it, waits
 * for that. A packaged application has no sources, and nothing to build.
 * @throws AppError setup where that fails, with what it said
 */
export async function buildWindow(say: (line: string) => void): Promise<void> {
  const hasSources = await stat(join(projectRoot, 'renderer', 'index.html')).catch(() => null)
  if (!hasSources || (await isFresh())) return
  const mark = join(projectRoot, 'out', '.building')
  await makeFolder(dirname(mark))
  while (!(await take(mark))) await new Promise((resolve) => setTimeout(resolve, 250))
  try {
    if (await isFresh()) return
    say('building the window (once, and after its sources change)')
    await runBuild()
  } finally {
    await rm(mark, { recursive: true, force: true })
  }
}

async function isFresh(): Promise<boolean> {
  const built = await stat(join(windowFolder, 'index.html')).catch(() => null)
  if (!built) return false
  const sources = ['renderer', 'shared', 'package-lock.json'].map((name) => newestMs(join(projectRoot, name)))
  return built.mtimeMs >= Math.max(...(await Promise.all(sources)))
}

/** A folder is made by one process only. */
async function take(mark: string): Promise<boolean> {
  const isOurs = await mkdir(mark).then(
    () => true,
    () => false,
  )
  const since = isOurs ? null : await stat(mark).catch(() => null)
  if (since && Date.now() - since.mtimeMs > longestBuildMs) await rm(mark, { recursive: true, force: true })
  return isOurs
}

async function runBuild(): Promise<void> {
  const vite = join(projectRoot, 'node_modules', 'vite', 'bin', 'vite.js')
  const parameters = [vite, 'build', '--config', 'vite.renderer.config.ts', '--logLevel', 'warn']
  const build = spawn(process.execPath, parameters, { cwd: projectRoot, stdio: ['ignore', 'pipe', 'pipe'] })
  let words = ''
  for (const stream of [build.stdout, build.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      words = `${words}${text}`.slice(-4000)
    })
  }
  const code = await new Promise((resolve) => build.on('close', resolve))
  if (code !== 0) throw new AppError('setup', `the window could not be built:\n${words.trim()}`)
}

/** When the newest file in a folder, or this file, was changed. */
export async function newestMs(path: string): Promise<number> {
  const facts = await stat(path)
  if (!facts.isDirectory()) return facts.mtimeMs
  const inside = await readdir(path)
  const times = await Promise.all(inside.map((name) => newestMs(join(path, name))))
  return Math.max(0, ...times)
}
