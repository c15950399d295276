import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { asSetupError } from './failures.ts'

const dayMs = 24 * 3600 * 1000

/**
 * Runs `task` in a new folder inside the cache (so that what it makes can be renamed into place), which is
 * gone afterwards, however the task ends. What killed processes left is removed first.
 * @throws AppError `setup` for whatever the task or the folder fails with
 */
export async function inWorkFolder<T>(cache: string, task: (folder: string) => Promise<T>): Promise<T> {
  const folder = join(cache, `${process.pid}-${randomUUID().slice(0, 8)}.part`)
  try {
    await removeAbandoned(cache)
    await mkdir(folder, { recursive: true })
    return await task(folder)
  } catch (error) {
    throw asSetupError(error, cache)
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => {})
  }
}

/** The number in a folder's name is the process at work in it; a day later another process may have it. */
export async function removeAbandoned(cache: string): Promise<void> {
  for (const name of await readdir(cache).catch(() => [])) {
    const pid = /^(\d+)-[0-9a-f]{8}\.part$/.exec(name)?.[1]
    if (!pid) continue
    const path = join(cache, name)
    const madeMs = (await stat(path).catch(() => null))?.birthtimeMs ?? 0
    if (isAlive(Number(pid)) && Date.now() - madeMs < dayMs) continue
    await rm(path, { recursive: true, force: true, maxRetries: 3 })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
