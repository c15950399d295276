import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Core } from '../../../main/core/core.ts'
import { type DenoiseInput, denoiseWork } from '../../../main/core/jobs/denoise-job.ts'
import { makeReady } from '../../../main/core/make-ready.ts'
import { AppError } from '../../../shared/errors.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-ready-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('the engine is made ready before a picture is read, and none is for those skipped', async () => {
  const path = join(folder, 'grey.png')
  await sharp({ create: { width: 40, height: 30, channels: 3, background: 'grey' } }).toFile(path)
  const asked: string[] = []
  const inference = {
    async call(task: string, input: { noisy?: Float32Array }) {
      asked.push(task)
      // As an engine that fails: the work itself says so, not what went before it.
      if (task === 'ready') throw new AppError('engine', 'did not start')
      return input.noisy
    },
  }
  const model = { id: 'any', task: 'denoise', folder, sha256: '0'.repeat(64) }
  const core = { inference, catalog: { models: { byId: () => model } } } as unknown as Core
  const work = denoiseWork(core, 'any')
  const input = { sigma: 10, strength: 1, template: '{name}', format: 'same', metadata: 'all' } as never
  const run = (decision: 'write' | 'skip') =>
    work(
      path,
      input as DenoiseInput,
      {
        signal: new AbortController().signal,
        target: () => join(folder, 'out.png'),
        decide: async () => decision,
        progress: () => {},
      } as never,
    )
  expect(await run('skip')).toBe('skipped')
  expect(asked).toEqual([])
  expect(await run('write')).toMatchObject({ output: join(folder, 'out.png') })
  expect(asked).toEqual(['ready', 'denoise'])
  makeReady(inference as never, model)
})
