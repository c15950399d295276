import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { runItems } from '../../../main/jobs/batch.ts'
import { type JobFunction, JobRunner } from '../../../main/jobs/runner.ts'
import { AppError } from '../../../shared/errors.ts'
import { catalogAt } from '../catalog/helpers.ts'

test('a batch goes on past items that fail and keeps every outcome', async () => {
  const { jobs } = catalogAt()
  const seen: string[] = []
  const work: JobFunction = (job, context) =>
    runItems(
      job,
      context,
      async ({ input }) => {
        if (input === '/bad') throw new AppError('unreadable', '/bad is empty')
        return { output: `/out${input}`, isSkipped: input === '/old' }
      },
      { onItem: ({ input, status }) => seen.push(`${input} ${status}`) },
    )
  const { id } = jobs.add({ kind: 'work', input: null, items: ['/a', '/bad', '/old'] })
  const job = await new JobRunner(jobs, { work }).run(id)
  expect(job).toMatchObject({
    status: 'done',
    done: 3,
    total: 3,
    result: { done: 1, skipped: 1, failed: 1, waiting: 0 },
  })
  expect(seen).toEqual(['/a done', '/bad failed', '/old skipped'])
  expect(jobs.items.list(id)).toMatchObject([
    { status: 'done', output: '/out/a' },
    { status: 'failed', error: { code: 'unreadable', message: '/bad is empty' } },
    { status: 'skipped', output: '/out/old' },
  ])
})

test('a stopped batch goes on where it was, and only with what is left', async () => {
  const { jobs } = catalogAt()
  const begun: string[] = []
  const items = ['1', '2', '3', '4', '5', '6']
  const work: JobFunction = (job, context) =>
    runItems(job, context, async ({ input }, signal) => {
      begun.push(input)
      if (input === '3') await sleep(job.attempts === 1 ? 60_000 : 0, undefined, { signal })
      return { output: null }
    })
  const { id } = jobs.add({ kind: 'work', input: null, items })
  const runner = new JobRunner(jobs, { work })
  const ended = runner.run(id)
  await sleep(50)
  runner.pause(id)
  expect(await ended).toMatchObject({ status: 'paused', done: 2, total: 6 })
  expect(jobs.items.counts(id)).toEqual({ waiting: 4, done: 2, skipped: 0, failed: 0 })
  jobs.requeue(id)
  expect(await runner.run(id)).toMatchObject({ status: 'done', done: 6, total: 6, attempts: 2 })
  expect(begun).toEqual(['1', '2', '3', '3', '4', '5', '6'])
})

test('does as many at a time as it may', async () => {
  const { jobs } = catalogAt()
  let running = 0
  let most = 0
  const work: JobFunction = (job, context) =>
    runItems(
      job,
      context,
      async () => {
        most = Math.max(most, ++running)
        await sleep(10)
        running--
        return { output: null }
      },
      { concurrency: 3 },
    )
  const { id } = jobs.add({
    kind: 'work',
    input: null,
    items: Array.from({ length: 10 }, (_, n) => String(n)),
  })
  expect((await new JobRunner(jobs, { work }).run(id)).result).toMatchObject({ done: 10 })
  expect(most).toBe(3)
})
