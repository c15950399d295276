import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { projectRoot } from '../../main/platform/folders.ts'

export interface SetupBench {
  /** of a fresh clone, with npm's and TensorFlow's downloads in their caches */
  readonly firstSeconds: number
  /** of every later start */
  readonly laterSeconds: number
}

/** Clones the last commit and sets it up twice. */
export async function benchSetup(): Promise<SetupBench> {
  const folder = await mkdtemp(join(tmpdir(), 'hourglass-bench-'))
  try {
    const clone = join(folder, 'clone')
    execFileSync('git', ['clone', '--quiet', projectRoot, clone])
    const seconds = () => {
      const started = performance.now()
      execFileSync(process.execPath, ['scripts/setup.mjs'], {
        cwd: clone,
        stdio: ['ignore', 'ignore', 'ignore'],
      })
      return (performance.now() - started) / 1000
    }
    return { firstSeconds: seconds(), laterSeconds: seconds() }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
