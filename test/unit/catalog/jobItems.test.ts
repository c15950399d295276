import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openCatalog } from '../../../main/catalog/open.ts'
import { AppError } from '../../../shared/errors.ts'
import { catalogAt, temporaryFolder } from './helpers.ts'

test('items keep their outcomes; queueing again retries the failed ones only', () => {
  const { jobs } = catalogAt()
  const { id, total } = jobs.add({ kind: 'denoise', input: {}, items: ['/a', '/b', '/c', '/d'] })
  expect(total).toBe(4)
  jobs.claim(id)
  jobs.items.end(id, 0, { status: 'done', output: '/out/a' })
  jobs.items.end(id, 1, { status: 'failed', error: new AppError('unreadable', '/b is empty') })
  jobs.items.end(id, 2, { status: 'skipped', output: '/out/c' })
  expect(jobs.items.counts(id)).toEqual({ waiting: 1, done: 1, skipped: 1, failed: 1 })
  expect(jobs.items.get(id, 0)).toEqual({
    jobId: id,
    position: 0,
    input: '/a',
    status: 'done',
    output: '/out/a',
    error: null,
  })
  expect(jobs.items.list(id, 'failed')).toMatchObject([
    { position: 1, input: '/b', error: { code: 'unreadable', message: '/b is empty' } },
  ])
  // What one looks for in a long list comes first.
  const { count, items } = jobs.items.page(id, { offset: 0, limit: 3 })
  expect(count).toBe(4)
  expect(items.map(({ position }) => position)).toEqual([1, 0, 2])
  expect(jobs.items.page(id, { offset: 3, limit: 3 }).items.map(({ position }) => position)).toEqual([3])
  jobs.end(id, { status: 'interrupted' })
  jobs.requeue(id)
  expect(jobs.items.list(id).map(({ status }) => status)).toEqual(['done', 'waiting', 'skipped', 'waiting'])
  expect(jobs.items.get(id, 1).error).toBeNull()
  jobs.remove(id)
  expect(jobs.items.list(id)).toEqual([])
  expect(() => jobs.items.get(id, 0)).toThrow('has no item 0')
})

test('of a catalog that is served, items below its folders alone are shown', () => {
  const file = join(temporaryFolder(), 'catalog.db')
  const { id } = catalogAt(file).jobs.add({
    kind: 'denoise',
    input: {},
    items: ['/p/a', '/q/b', '/p/c', '/pq/d'],
  })
  const served = openCatalog(file, ['/p'])
  onTestFinished(() => served.close())
  const { count, items } = served.jobs.items.page(id, { offset: 0, limit: 10 })
  expect(count).toBe(2)
  expect(items.map(({ input }) => input)).toEqual(['/p/a', '/p/c'])
})
