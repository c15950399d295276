import { expect, test } from 'vitest'
import { AppError } from '../../../shared/errors.ts'
import { catalogAt } from './helpers.ts'

function jobsWith(...priorities: number[]) {
  const { jobs } = catalogAt()
  for (const priority of priorities) jobs.add({ kind: 'work', input: { priority }, priority })
  return jobs
}

test('the queue gives by priority, then by age, of the kinds asked for, each once', () => {
  const jobs = jobsWith(0, 5, 0, 5)
  jobs.add({ kind: 'other', input: null, priority: 99 })
  const claimed = Array.from({ length: 5 }, () => jobs.claimNext(['work'])?.id)
  expect(claimed).toEqual([2, 4, 1, 3, undefined])
  expect(jobs.get(2)).toMatchObject({ status: 'running', attempts: 1, input: { priority: 5 } })
  expect(() => jobs.claim(2)).toThrow('job 2 is running, not queued')
  expect(() => jobs.claim(99)).toThrow('no job 99')
})

test('progress is kept between 0 and 1', () => {
  const jobs = jobsWith(0)
  jobs.claim(1)
  jobs.report(1, { done: 3, total: 4, message: 'three' })
  expect(jobs.get(1)).toMatchObject({ done: 3, total: 4, progress: 0.75, message: 'three' })
  jobs.report(1, { done: 5, total: 4 })
  expect(jobs.get(1).progress).toBe(1)
  jobs.report(1, { done: 5, total: 0 })
  expect(jobs.get(1).progress).toBe(0)
})

test('endings: done with a result, failed with its error', () => {
  const jobs = jobsWith(0, 0)
  jobs.claim(1)
  jobs.claim(2)
  expect(jobs.end(1, { status: 'done', result: { n: 1 } })).toMatchObject({
    status: 'done',
    result: { n: 1 },
    progress: 1,
  })
  const error = new AppError('corrupt', 'a.jpg is cut short')
  expect(jobs.end(2, { status: 'failed', error })).toMatchObject({
    status: 'failed',
    error: { code: 'corrupt', message: 'a.jpg is cut short' },
  })
  expect(jobs.end(1, { status: 'cancelled' }).status).toBe('done') // it has ended already
  expect(jobs.list({ status: 'failed' }).map(({ id }) => id)).toEqual([2])
  expect(jobs.list({ limit: 1 }).map(({ id }) => id)).toEqual([2])
})

test('a wish stops what waits at once and reaches what runs with its next report', () => {
  const jobs = jobsWith(0, 0, 0)
  expect(jobs.wish(1, 'cancel').status).toBe('cancelled')
  expect(jobs.wish(2, 'pause').status).toBe('paused')
  jobs.claim(3)
  expect(jobs.report(3, undefined)).toBeUndefined()
  expect(jobs.wish(3, 'pause').status).toBe('running')
  expect(jobs.report(3, undefined)).toBe('pause')
  jobs.end(3, { status: 'paused' })
  expect(jobs.report(3, undefined)).toBe('lost')
  expect(jobs.wish(3, 'cancel').status).toBe('cancelled')
  expect(() => jobs.wish(9, 'cancel')).toThrow('no job 9')
})

test('a stopped job can be queued again and has no old wish or error', () => {
  const jobs = jobsWith(0)
  expect(() => jobs.requeue(1)).toThrow('job 1 is queued already')
  jobs.claim(1)
  expect(() => jobs.requeue(1)).toThrow('job 1 is running already')
  expect(() => jobs.remove(1)).toThrow('cancel it first')
  jobs.wish(1, 'cancel')
  jobs.end(1, { status: 'failed', error: new AppError('engine', 'died') })
  expect(jobs.requeue(1)).toMatchObject({ status: 'queued', error: null, endedAtMs: null })
  expect(jobs.claim(1).attempts).toBe(2)
  expect(jobs.report(1, undefined)).toBeUndefined()
  jobs.end(1, { status: 'interrupted' })
  expect(jobs.remove(1)).toBe(true)
  expect(jobs.remove(1)).toBe(false)
})
