import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Catalog, openCatalog } from '../../../main/catalog/open.ts'

/** Gone when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hourglass-catalog-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Closed when the test ends. */
export function catalogAt(file: string = ':memory:'): Catalog {
  const catalog = openCatalog(file)
  onTestFinished(() => catalog.close())
  return catalog
}

/** Another process on the same catalog: see worker.ts for what it can do. */
export function spawnWorker(...args: string[]): ChildProcess {
  const worker = join(import.meta.dirname, 'worker.ts')
  return spawn(process.execPath, [worker, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Resolves with all it wrote, once it has ended. */
export function outputOf(child: ChildProcess, onLine: (line: string) => void = () => {}): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const lines: string[] = []
    let rest = ''
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\n')
      rest = parts.pop() ?? '' // a line that the kill cut short was not acknowledged
      for (const line of parts) {
        lines.push(line)
        onLine(line)
      }
    })
    child.on('error', reject)
    child.on('close', () => resolve(lines))
  })
}
