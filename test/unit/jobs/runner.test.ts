import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import type { Jobs } from '../../../main/catalog/jobs.ts'
import { type JobFunction, JobRunner } from '../../../main/jobs/runner.ts'
import { AppError } from '../../../shared/errors.ts'
import { catalogAt, temporaryFolder } from '../catalog/helpers.ts'

/** Works until it is stopped, obeying its signal. */
const endless: JobFunction = async (_job, { signal }) => {
  await sleep(60_000, undefined, { signal })
  return null
}

function runnerFor(work: JobFunction, jobs: Jobs = catalogAt().jobs) {
  return { jobs, runner: new JobRunner(jobs, { work }), id: jobs.add({ kind: 'work', input: 20 }).id }
}

test('runs a job to its result', async () => {
  const { runner, id } = runnerFor(async (job) => ({ twice: (job.input as number) * 2 }))
  expect(await runner.run(id)).toMatchObject({
    status: 'done',
    result: { twice: 40 },
    progress: 1,
    attempts: 1,
  })
  await expect(runner.run(id)).rejects.toThrow('is done, not queued')
})

test('a job that throws has failed, with the code of its error', async () => {
  const { runner, jobs, id } = runnerFor(async () => {
    throw new AppError('too-large', '900 megapixels')
  })
  expect((await runner.run(id)).error).toEqual({ code: 'too-large', message: '900 megapixels' })
  jobs.requeue(id)
  expect((await runner.run(id)).attempts).toBe(2)
})

test('refuses a kind that it cannot do and leaves the job queued', async () => {
  const { runner, jobs } = runnerFor(endless)
  const { id } = jobs.add({ kind: 'paint', input: null })
  await expect(runner.run(id)).rejects.toThrow('jobs of kind paint')
  expect(jobs.get(id).status).toBe('queued')
})

test('progress is heard as it comes and stored now and then, the last one for certain', async () => {
  const { jobs } = catalogAt()
  const report = vi.spyOn(jobs, 'report')
  const heard: number[] = []
  const work: JobFunction = async (_job, { progress }) => {
    for (let done = 1; done <= 60; done++) {
      progress({ done, total: 100 })
      await sleep(10)
    }
    return null
  }
  const runner = new JobRunner(jobs, { work }, { onProgress: (_job, { done }) => heard.push(done) })
  const job = await runner.run(jobs.add({ kind: 'work', input: null }).id)
  expect(heard).toHaveLength(60)
  expect(job).toMatchObject({ done: 60, total: 100 })
  expect(report.mock.calls.length).toBeGreaterThanOrEqual(2)
  expect(report.mock.calls.length).toBeLessThanOrEqual(8)
})

test.each([
  ['cancel', 'cancelled'],
  ['pause', 'paused'],
] as const)('%s stops a running job within a second', async (verb, status) => {
  let signal: AbortSignal | undefined
  const { runner, id } = runnerFor((job, context) => {
    signal = context.signal
    return endless(job, context)
  })
  const ended = runner.run(id)
  await sleep(50)
  const start = performance.now()
  runner[verb](id)
  expect(signal?.aborted, 'at once, without a look into the catalog').toBe(true)
  expect((await ended).status).toBe(status)
  expect(performance.now() - start).toBeLessThan(1000)
})

test('a job that ignores its signal counts as cancelled within a second, and is not heard any more', async () => {
  const heard: number[] = []
  const { jobs } = catalogAt()
  const work: JobFunction = async (_job, { progress }) => {
    await sleep(1200)
    progress({ done: 1, total: 1 })
    return 'too late'
  }
  const runner = new JobRunner(jobs, { work }, { onProgress: (_job, { done }) => heard.push(done) })
  const { id } = jobs.add({ kind: 'work', input: null })
  const ended = runner.run(id)
  await sleep(50)
  const start = performance.now()
  runner.cancel(id)
  expect((await ended).status).toBe('cancelled')
  expect(performance.now() - start).toBeLessThan(1000)
  await sleep(1300)
  expect(jobs.get(id)).toMatchObject({ status: 'cancelled', result: null, done: 0 })
  expect(heard).toEqual([])
})

test('another connection can cancel it too', async () => {
  const file = join(temporaryFolder(), 'catalog.db')
  const { runner, id } = runnerFor(endless, catalogAt(file).jobs)
  const ended = runner.run(id)
  await sleep(50)
  const start = performance.now()
  catalogAt(file).jobs.wish(id, 'cancel')
  expect((await ended).status).toBe('cancelled')
  expect(performance.now() - start).toBeLessThan(1000)
})

test('the caller’s signal interrupts, also when it came first', async () => {
  const work = vi.fn(endless)
  const { runner, jobs, id } = runnerFor(work)
  const abort = new AbortController()
  setTimeout(() => abort.abort(), 50)
  expect((await runner.run(id, { signal: abort.signal })).status).toBe('interrupted')
  jobs.requeue(id)
  expect((await runner.run(id, { signal: abort.signal })).status).toBe('interrupted')
  expect(work).toHaveBeenCalledTimes(1)
})

test('what was finished in spite of the signal is done', async () => {
  const { runner, id } = runnerFor(async (_job, { signal }) => {
    await sleep(60_000, undefined, { signal }).catch(() => {})
    return 'finished'
  })
  const ended = runner.run(id)
  await sleep(20)
  runner.cancel(id)
  expect(await ended).toMatchObject({ status: 'done', result: 'finished' })
})

test('works through the queue, so many at a time, until it is stopped', async () => {
  const { jobs } = catalogAt()
  let running = 0
  let most = 0
  const work: JobFunction = async (job, context) => {
    most = Math.max(most, ++running)
    try {
      return job.input === 'endless' ? await endless(job, context) : await sleep(20, null)
    } finally {
      running--
    }
  }
  for (let n = 0; n < 6; n++) jobs.add({ kind: 'work', input: n })
  const last = jobs.add({ kind: 'work', input: 'endless', priority: -1 })
  const runner = new JobRunner(jobs, { work })
  runner.start(2)
  await vi.waitFor(() => expect(jobs.list({ status: 'done' })).toHaveLength(6), 5000)
  expect(most).toBe(2)
  const later = jobs.add({ kind: 'work', input: 'later' }) // found without being told
  await vi.waitFor(() => expect(jobs.get(later.id).status).toBe('done'), 5000)
  await runner.stop()
  expect(jobs.get(last.id).status).toBe('interrupted')
  jobs.requeue(last.id)
  await sleep(600)
  expect(jobs.get(last.id).status).toBe('queued')
})

test('a catalog that fails stops the queue and is told', async () => {
  const catalog = catalogAt()
  const errors: AppError[] = []
  const runner = new JobRunner(catalog.jobs, { work: endless }, { onError: (error) => errors.push(error) })
  catalog.close()
  runner.start()
  expect(errors).toHaveLength(1)
})
