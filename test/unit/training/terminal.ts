import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'

const root = join(import.meta.dirname, '../../..')
export const samples = join(root, 'assets/samples')

export interface Ended {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
  readonly endedAt: number
}

/** The command line with a data folder of its own. */
export interface Terminal {
  readonly data: string
  /** Starts a command in a process group of its own, so that a kill reaches its engine, too. */
  start(...args: string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> }
  /** Puts a point into a run's curve. */
  record(run: string, name: string, step: number, value: number): void
  /** Takes a step out of all curves of a run. */
  forget(run: string, step: number): void
  /** Runs a command to its end. */
  run(...args: string[]): Promise<Ended>
  /** What the catalog holds of a run: points by the curve's name. */
  curves(run: string): Record<string, { step: number; value: number }[]>
  /** Starts a command and sends the signal to its process group when the run has recorded this step. */
  stopAt(
    signal: NodeJS.Signals,
    run: string,
    step: number,
    ...args: string[]
  ): Promise<Ended & { tookMs: number }>
  remove(): Promise<void>
}

export async function openTerminal(): Promise<Terminal> {
  const data = await mkdtemp(join(tmpdir(), 'hourglass-train-'))

  function start(...args: string[]) {
    const command = [join(root, 'main/cli/main.ts'), '--data', data, ...args]
    const child = spawn(process.execPath, command, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text
    })
    const ended = new Promise<Ended>((resolve) =>
      child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr, endedAt: performance.now() })),
    )
    return { child, ended }
  }
  const run = (...args: string[]) => start(...args).ended

  return {
    data,
    start,
    run,
    curves: (id) =>
      query(data, (catalog) => {
        const sql = 'SELECT name, step, value FROM runMetrics WHERE runId = ? ORDER BY name, step'
        const rows = catalog.prepare(sql).all(id) as { name: string; step: number; value: number }[]
        const grouped = Object.groupBy(rows, ({ name }) => name)
        return Object.fromEntries(
          Object.entries(grouped).map(([name, points]) => [
            name,
            points!.map(({ step, value }) => ({ step, value })),
          ]),
        )
      }),
    record(id, name, step, value) {
      const catalog = new Sqlite(join(data, 'catalog.db'))
      const sql = 'INSERT INTO runMetrics (runId, name, step, value) VALUES (?, ?, ?, ?)'
      catalog.prepare(sql).run(id, name, step, value)
      catalog.close()
    },
    forget(id, step) {
      const catalog = new Sqlite(join(data, 'catalog.db'))
      catalog.prepare('DELETE FROM runMetrics WHERE runId = ? AND step = ?').run(id, step)
      catalog.close()
    },
    async stopAt(signal, id, step, ...args) {
      const { child, ended } = start(...args)
      while (child.exitCode === null && recordedStep(data, id) < step) await sleep(20)
      const sentAt = performance.now()
      if (child.exitCode === null) process.kill(-child.pid!, signal)
      const end = await ended
      return { ...end, tookMs: end.endedAt - sentAt }
    },
    remove: () => rm(data, { recursive: true, force: true }),
  }
}

/** The last step whose loss is in the catalog, -1 before the first. */
function recordedStep(data: string, run: string): number {
  if (!existsSync(join(data, 'catalog.db'))) return -1
  try {
    return query(data, (catalog) => {
      const sql = `SELECT max(step) AS step FROM runMetrics WHERE runId = ? AND name = 'loss/training'`
      return (catalog.prepare(sql).get(run) as { step: number | null }).step ?? -1
    })
  } catch {
    return -1 // the tables are not there yet
  }
}

/** Reads the catalog beside the process that writes it. */
function query<Value>(data: string, read: (catalog: Sqlite.Database) => Value): Value {
  const catalog = new Sqlite(join(data, 'catalog.db'), { readonly: true })
  try {
    return read(catalog)
  } finally {
    catalog.close()
  }
}
