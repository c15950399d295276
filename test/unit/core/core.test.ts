import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')

// Were TensorFlow in the core's process, every call would stop the catalog, the jobs and the windows.
test('the command line and the core do not load TensorFlow', () => {
  const script = `
    await import(${JSON.stringify(join(root, 'main/cli/program.ts'))})
    console.log(JSON.stringify(process.report.getReport().sharedObjects))`
  const libraries = JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }),
  )
  expect(libraries.length).toBeGreaterThan(0)
  expect(libraries.filter((name: string) => name.includes('tensorflow'))).toEqual([])
})
