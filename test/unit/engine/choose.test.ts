import { readdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { chooseCompute, fastest, knownChoices } from '../../../main/engine/choose.ts'
import type { ComputeMode } from '../../../main/engine/compile/compile.ts'
import { clocks } from '../../../main/engine/measure-modes.ts'

let folder: string
/** What both clocks read: only workloads take time. */
let elapsedMs = 0
beforeEach(async () => {
  vi.spyOn(clocks, 'wall').mockImplementation(() => elapsedMs)
  vi.spyOn(clocks, 'processor').mockImplementation(() => elapsedMs)
  folder = await mkdtemp(join(tmpdir(), 'hourglass-choose-'))
  vi.stubEnv('HOURGLASS_CACHE', folder)
  vi.stubEnv('HOURGLASS_COMPUTE', '')
})
afterEach(async () => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true })
})

/** Takes the given milliseconds, and counts. */
function workloads(times: Partial<Record<ComputeMode, number>>) {
  const counts = { prepared: 0, disposed: 0, runs: {} as Record<string, number> }
  const prepare = (mode: ComputeMode) => {
    counts.prepared++
    return {
      run() {
        counts.runs[mode] = (counts.runs[mode] ?? 0) + 1
        const time = times[mode]
        if (time === undefined) throw new Error('not compilable')
        elapsedMs += time
      },
      dispose: () => counts.disposed++,
    }
  }
  return { counts, prepare }
}

const choose = (prepare: ReturnType<typeof workloads>['prepare'], label = 'a model') =>
  chooseCompute({ label, key: [1], candidates: ['float32', 'bfloat16', 'xla'], prepare })

test('the fastest is measured once and kept; what fails or is hopeless costs little', async () => {
  const { counts, prepare } = workloads({ eager: 16, float32: 8, bfloat16: 80 })
  const choice = await choose(prepare)
  expect(choice.mode).toBe('float32')
  expect(choice.milliseconds.xla).toBeUndefined()
  expect(counts.runs).toMatchObject({ bfloat16: 2, xla: 1 })
  expect(counts.runs.float32).toBeGreaterThan(3)
  expect(counts.disposed).toBe(counts.prepared)
  expect(await choose(prepare)).toEqual(choice)
  expect(counts.prepared).toBe(4)
  expect(await knownChoices()).toEqual([choice])
  await choose(prepare, 'another model')
  expect(counts.prepared).toBe(8)
})

test('what turns out slow beside a later one is not measured on', async () => {
  const { counts, prepare } = workloads({ eager: 40, float32: 16, bfloat16: 4 })
  expect((await choose(prepare)).mode).toBe('bfloat16')
  expect(counts.runs).toMatchObject({ eager: 2, float32: 2 })
  expect(counts.runs.bfloat16).toBeGreaterThan(5)
  expect(counts.disposed).toBe(counts.prepared)
})

test('on another processor, or where oneDNN is held back, it is measured anew', async () => {
  const { counts, prepare } = workloads({ eager: 4, float32: 2, bfloat16: 2, xla: 2 })
  await choose(prepare)
  vi.stubEnv('ONEDNN_MAX_CPU_ISA', 'AVX2')
  expect(await knownChoices()).toEqual([])
  await choose(prepare)
  expect(counts.prepared).toBe(8)
})

test('a damaged file is measured anew and replaced', async () => {
  const { counts, prepare } = workloads({ eager: 4, float32: 2 })
  const choice = await choose(prepare)
  const [name] = readdirSync(join(folder, 'compute'))
  writeFileSync(join(folder, 'compute', name!), '{"mode":"quantum"}')
  expect((await choose(prepare)).mode).toBe(choice.mode)
  expect(counts.prepared).toBe(8)
})

test('eager wins unless another saves time, and float32 unless another saves more', () => {
  expect(fastest({ eager: 10, float32: 9.9 })).toBe('eager')
  expect(fastest({ eager: 10, float32: 12, bfloat16: 30 })).toBe('eager')
  expect(fastest({ eager: 10, float32: 9, bfloat16: 8.9 })).toBe('float32')
  expect(fastest({ eager: 10, float32: 9, bfloat16: 3, xla: 4 })).toBe('bfloat16')
  expect(fastest({ eager: 10, xla: 4 })).toBe('xla')
})

test('HOURGLASS_COMPUTE decides without measuring, and is checked', async () => {
  const { counts, prepare } = workloads({})
  vi.stubEnv('HOURGLASS_COMPUTE', 'xla')
  expect((await choose(prepare)).mode).toBe('xla')
  expect(counts.prepared).toBe(0)
  vi.stubEnv('HOURGLASS_COMPUTE', 'fast')
  await expect(choose(prepare)).rejects.toThrow(
    "HOURGLASS_COMPUTE: expected auto, eager, float32, bfloat16, xla, got 'fast'",
  )
})

test('an abort ends the measurement and frees what it made', async () => {
  const { counts, prepare } = workloads({ eager: 1 })
  const signal = AbortSignal.abort(new Error('stopped'))
  await expect(
    chooseCompute({ label: 'a model', key: 1, candidates: ['float32'], prepare, signal }),
  ).rejects.toThrow('stopped')
  expect(counts.disposed).toBe(counts.prepared)
  expect(readdirSync(folder)).toEqual([])
})
