import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'

const golden = join(import.meta.dirname, '../../golden/hgi')
const script = join(import.meta.dirname, '../../fixtures/engine/decode-tiles.ts')
const files = readdirSync(golden)
  .filter((name) => name.endsWith('.json'))
  .map((name) => join(golden, name))
const expected = files.map((path) => JSON.parse(readFileSync(path, 'utf8')).symbolsCrc32)

/** Decodes the golden tiles, which another machine coded, and one of its own, in a process with these settings. */
async function decodedWith(env: Record<string, string>) {
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...files], {
    env: { ...process.env, ...env },
  })
  return JSON.parse(stdout.trim().split('\n').at(-1)!)
}

describe('tiles of photos decode to the same symbols', () => {
  test('there are golden tiles of several levels', () => {
    expect(files.length).toBeGreaterThanOrEqual(3)
  })

  test.each<[string, Record<string, string>]>([
    ['by default', {}],
    ['without the kernels of oneDNN', { TF_ENABLE_ONEDNN_OPTS: '0' }],
    ['with one thread', { TF_NUM_INTRAOP_THREADS: '1', OMP_NUM_THREADS: '1' }],
    ['with two threads', { TF_NUM_INTRAOP_THREADS: '2', OMP_NUM_THREADS: '2' }],
    ['eagerly', { HOURGLASS_COMPUTE: 'eager' }],
    ['compiled in float32', { HOURGLASS_COMPUTE: 'float32' }],
    ['compiled in bfloat16', { HOURGLASS_COMPUTE: 'bfloat16' }],
    ['on an older processor', { ONEDNN_MAX_CPU_ISA: 'AVX2' }],
  ])(
    '%s',
    async (_name, env) => {
      expect(await decodedWith(env)).toEqual({ found: expected, own: true })
    },
    120_000,
  )
})
