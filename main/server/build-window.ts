import { spawn } from 'node:child_process'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import { projectRoot, windowFolder } from '../platform/folders.ts'

/**
 * Builds the window's files where they are missing or older than their sources. A packaged application has no sources,
 * and nothing to build.
 * @throws AppError setup where that fails, with what it said
 */
export async function buildWindow(say: (line: string) => void): Promise<void> {
  const sources = join(projectRoot, 'renderer')
  const hasSources = await stat(join(sources, 'index.html')).catch(() => null)
  if (!hasSources) return
  const built = await stat(join(windowFolder, 'index.html')).catch(() => null)
  const newest = Math.max(
    await newestMs(sources),
    await newestMs(join(projectRoot, 'shared')),
    await newestMs(join(projectRoot, 'package-lock.json')),
  )
  if (built && built.mtimeMs >= newest) return
  say('building the window (once, and after its sources change)')
  const vite = join(projectRoot, 'node_modules', 'vite', 'bin', 'vite.js')
  const build = spawn(
    process.execPath,
    [vite, 'build', '--config', 'vite.renderer.config.ts', '--logLevel', 'warn'],
    {
      ...{ cwd: projectRoot, stdio: ['ignore', 'pipe', 'pipe'] },
    },
  )
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
