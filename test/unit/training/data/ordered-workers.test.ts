import { execFileSync } from 'node:child_process'
import { afterEach, expect, test } from 'vitest'
import { createOrderedWorkers, type OrderedWorkers } from '../../../../main/training/data/ordered-workers.ts'

/** Threads that answer job n with n squared after a while, the longer the earlier the job; job 'die' ends the thread. */
const module = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads'
    parentPort.on('message', (request) => {
      if (request === 'end') return parentPort.close()
      const { step, job } = request
      if (job.flag) setTimeout(() => Atomics.store(job.flag, 0, 1), 200)
      if (job === 'hang') return
      if (job === 'die') process.exit(3)
      if (job === 'throw') throw new Error('thrown in the thread')
      if (job === 'refuse') return parentPort.postMessage({ step, error: { code: 'unreadable', message: 'job refused' } })
      setTimeout(() => parentPort.postMessage({ step, result: job * job }), 30 - (step % 4) * 10)
    })`)}`,
)

let open: OrderedWorkers<number> | undefined
afterEach(() => open?.close())

function create(jobFor: (step: number) => unknown, options = {}) {
  const received: number[] = []
  const receive = (result: number) => received.push(result)
  const settings = { module, workerData: null, workers: 3, ahead: 5, startStep: 2, ...options }
  open = createOrderedWorkers<unknown, number>({ ...settings, jobFor, received: receive })
  return { threads: open, received }
}

test('results come in the order of the steps, also to several who wait at once', async () => {
  const { threads, received } = create((step) => step)
  const results = await Promise.all([threads.next(), threads.next(), threads.next()])
  for (let k = 0; k < 5; k++) results.push(await threads.next())
  expect(results).toEqual([4, 9, 16, 25, 36, 49, 64, 81])
  expect(received).not.toEqual([...received].sort((a, b) => a - b))
})

test('no more jobs are sent than asked for', async () => {
  const sent: number[] = []
  const { threads } = create((step) => {
    sent.push(step)
    return step
  })
  expect(sent).toEqual([2, 3, 4, 5, 6])
  await threads.next()
  expect(sent).toEqual([2, 3, 4, 5, 6, 7])
})

test.each([
  ['refuse', 'unreadable', /^job refused$/],
  ['die', 'internal', /ended with exit code 3/],
  ['throw', 'internal', /thrown in the thread/],
])(
  'after a job that will %s, whoever waits is told and nobody waits for ever',
  async (job, code, message) => {
    const { threads } = create((step) => (step === 4 ? job : step))
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => threads.next()))
    const last = outcomes.at(-1)!
    expect(last.status === 'rejected' && last.reason).toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
    await expect(threads.next()).rejects.toMatchObject({ code })
  },
)

test('closing lets a thread finish what it has begun', async () => {
  const flag = new Int32Array(new SharedArrayBuffer(4))
  const { threads } = create(() => ({ flag }), { workers: 1, ahead: 1 })
  const waiting = expect(threads.next()).rejects.toMatchObject({ code: 'aborted' })
  await threads.close()
  await waiting
  expect(flag[0]).toBe(1)
  await threads.close()
})

test('threads that wait for work do not keep the process alive, those that are waited for do', () => {
  const source = new URL('../../../../main/training/data/ordered-workers.ts', import.meta.url)
  const script = `
    import { createOrderedWorkers } from ${JSON.stringify(source.href)}
    const options = { module: new URL(${JSON.stringify(module.href)}), workerData: null, workers: 2, ahead: 3 }
    const create = (jobFor) => createOrderedWorkers({ ...options, startStep: 5, jobFor, received() {} })
    create(() => 'hang') // nobody ever asks this one
    const threads = create((step) => step)
    console.log(await threads.next(), await threads.next())`
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { timeout: 20_000 })
  expect(String(output)).toBe('25 36\n')
})
