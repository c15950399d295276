import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, expect, test } from 'vitest'
import { Engine } from '../../../main/engine/host.ts'
import type { TestTasks } from '../../fixtures/engine/tasks.ts'

const entry = join(import.meta.dirname, '../../fixtures/engine/tasks.ts')
let engine = new Engine<TestTasks>(entry)
afterEach(async () => {
  await engine.close()
  engine = new Engine<TestTasks>(entry)
})

test('typed arrays go in and come out unchanged', async () => {
  const sent = { pixels: new Float32Array([0.25, -1, Number.NaN]), name: 'a' }
  expect(await engine.call('echo', sent)).toEqual(sent)
})

test('progress arrives in order, then the result', async () => {
  const seen: number[] = []
  expect(await engine.call('count', { to: 5, everyMs: 1 }, { onProgress: (value) => seen.push(value) })).toBe(
    5,
  )
  expect(seen).toEqual([1, 2, 3, 4, 5])
})

test('an error keeps its code and message across the processes', async () => {
  await expect(engine.call('refuse', null)).rejects.toMatchObject({
    code: 'bad-input',
    message: /sigma must be/,
  })
})

test('abort stops a task that listens, and the process lives on', async () => {
  const controller = new AbortController()
  const call = engine.call(
    'count',
    { to: 1e6, everyMs: 5 },
    { signal: controller.signal, onProgress: () => controller.abort() },
  )
  await expect(call).rejects.toMatchObject({ code: 'aborted' })
  const pid = engine.pid
  expect(await engine.call('echo', 1)).toBe(1)
  expect(engine.pid).toBe(pid)
})

test('abort stops a task that does not listen within a second', async () => {
  await engine.call('echo', 0)
  const controller = new AbortController()
  const call = engine.call('block', { forMs: 30_000 }, { signal: controller.signal })
  const started = performance.now()
  controller.abort()
  await expect(call).rejects.toMatchObject({ code: 'aborted' })
  expect(performance.now() - started).toBeLessThan(1000)
  expect(await engine.call('echo', 'again')).toBe('again')
})

test('a task that does not listen costs the calls beside it time, not their results', async () => {
  const controller = new AbortController()
  const stuck = engine.call('block', { forMs: 30_000 }, { signal: controller.signal })
  const beside = engine.call('echo', 'beside')
  setTimeout(() => controller.abort(), 200)
  await expect(stuck).rejects.toMatchObject({ code: 'aborted' })
  expect(await beside).toBe('beside')
})

test('a task that ends soon after its abort keeps its process', async () => {
  await engine.call('echo', 0)
  const { pid } = engine
  const controller = new AbortController()
  const call = engine.call('block', { forMs: 1200 }, { signal: controller.signal })
  setTimeout(() => controller.abort(), 50)
  await expect(call).rejects.toMatchObject({ code: 'aborted' })
  expect(await engine.call('echo', 'again')).toBe('again')
  expect(engine.pid).toBe(pid)
})

test('new settings take a new process once the calls under way have ended', async () => {
  const call = engine.call('count', { to: 20, everyMs: 5 })
  const { pid } = engine
  engine.configure({ threads: 1 })
  expect(await call).toBe(20)
  expect(await engine.call('echo', 'again')).toBe('again')
  expect(engine.pid).not.toBe(pid)
})

test('SIGKILL fails the call with its reason, and the next call works', async () => {
  const call = engine.call(
    'count',
    { to: 1e6, everyMs: 5 },
    { onProgress: () => process.kill(engine.pid!, 'SIGKILL') },
  )
  await expect(call).rejects.toMatchObject({ code: 'engine', message: /died \(SIGKILL\) during 'count'/ })
  expect(await engine.call('echo', 'again')).toBe('again')
})

test('abort() inside the process fails the call with its reason, and the next call works', async () => {
  await expect(engine.call('abort', null)).rejects.toMatchObject({
    code: 'engine',
    message: /died \(SIGABRT\)/,
  })
  expect(await engine.call('echo', 'again')).toBe('again')
})

test('a call that is aborted before it starts does not start a process', async () => {
  await expect(engine.call('echo', 1, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'aborted',
  })
  expect(engine.pid).toBeUndefined()
})

test('a program waits for an engine that is slow to end, and goes on after it', async () => {
  const script = join(import.meta.dirname, '../../fixtures/engine/close-and-say.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [script])
  expect(stdout).toBe('closed\n')
})
