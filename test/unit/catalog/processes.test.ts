import { join } from 'node:path'
import { expect, test } from 'vitest'
import { catalogAt, outputOf, spawnWorker, temporaryFolder } from './helpers.ts'

test('three processes create one catalog at once', async () => {
  const file = join(temporaryFolder(), 'new', 'catalog.db')
  const children = ['a', 'b', 'c'].map((name) => spawnWorker('open', file, name))
  await Promise.all(children.map((child) => outputOf(child)))
  expect(children.map((child) => child.exitCode)).toEqual([0, 0, 0])
  expect(catalogAt(file).health().problems).toEqual([])
})

test('two processes share the queue and no job is done twice', async () => {
  const file = join(temporaryFolder(), 'catalog.db')
  const catalog = catalogAt(file)
  const ids = Array.from({ length: 120 }, (_, n) => String(catalog.jobs.add({ kind: 'work', input: n }).id))
  const children = ['left', 'right'].map((name) => spawnWorker('claim', file, name))
  const [left, right] = await Promise.all(children.map((child) => outputOf(child)))
  expect(children.map((child) => child.exitCode)).toEqual([0, 0])
  expect([...left, ...right].sort()).toEqual([...ids].sort())
  expect(catalog.jobs.list({ status: 'done' })).toHaveLength(120)
})
